import { defineConfig } from 'vite';

export default defineConfig({
  // The pages are loaded from an extension's root, but also from any folder of a web server.
  base: './',
  build: {
    target: ['chrome123', 'firefox140'],
    rolldownOptions: { input: ['popup.html', 'page.html'] },
    // Its helper only adds requests to pages whose modules lie beside them on disk.
    modulePreload: false,
  },
});
