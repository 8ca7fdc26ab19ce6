// The camera: its frames, one after the other, each as soon as the one before is done with.

/** Whether there may be a camera. Browsers give none to pages without https. */
export const hasCamera = Boolean(navigator.mediaDevices?.getUserMedia);

/** Shows the camera in a video element and calls `onFrame` with an ImageBitmap, again and again. Gives what stops it. */
export async function startCamera(video, onFrame) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 640 }, height: { ideal: 480 } } });
  let running = true;
  video.srcObject = stream;
  await video.play();

  (async () => {
    while (running) {
      await nextFrame(video);
      if (running)
        await onFrame(await createImageBitmap(video));
    }
  })();

  return () => {
    running = false;
    stream.getTracks().forEach(track => track.stop());
    video.srcObject = null;
  };
}

function nextFrame(video) {
  return new Promise(resolve => video.requestVideoFrameCallback ? video.requestVideoFrameCallback(resolve) : requestAnimationFrame(resolve));
}
