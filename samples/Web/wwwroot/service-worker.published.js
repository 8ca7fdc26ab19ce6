// Keeps the page for use offline. The build lists its files, with a version, in service-worker-assets.js.
self.importScripts('./service-worker-assets.js');

const PREFIX = 'mobilenetgen-web-';
const { version, assets } = self.assetsManifest;
const cacheName = PREFIX + version;

self.addEventListener('install', event => event.waitUntil(install()));
self.addEventListener('activate', event => event.waitUntil(activate()));
self.addEventListener('fetch', event => {
  if (event.request.method === 'GET')
    event.respondWith(answer(event.request));
});

// A new version waits until no page of the old one is open: their files belong together.
async function install() {
  const cache = await caches.open(cacheName);
  await cache.addAll(assets.map(({ url, hash }) => new Request(url, { integrity: hash, cache: 'no-cache' })));
}

async function activate() {
  const old = (await caches.keys()).filter(name => name.startsWith(PREFIX) && name !== cacheName);
  await Promise.all(old.map(name => caches.delete(name)));
  await self.clients.claim();
}

async function answer(request) {
  const cache = await caches.open(cacheName);
  return await cache.match(request.url.startsWith(self.registration.scope) && request.mode === 'navigate' ? 'index.html' : request) ?? fetch(request);
}
