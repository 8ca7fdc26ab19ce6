// While the page is being worked on, nothing is kept. The published page has service-worker.published.js in place of this.
self.addEventListener('fetch', () => {});
