/* A worker that reads QR and bar codes in pictures, for browsers that cannot by themselves. The library is WebAssembly, which
   only this file's own answer allows (app/core/shell.py): the pages' policy stays as it is. */
"use strict";
// As the browser names them (BarcodeDetector), and as the library does.
const NAMES = { qr_code: "QRCode", code_128: "Code128", code_39: "Code39", ean_13: "EAN13", ean_8: "EAN8", upc_a: "UPCA", itf: "ITF" };
let formats = [];

self.addEventListener("message", async (event) => {
  const { library, wasm, wanted, picture } = event.data;
  try {
    if (library) {
      importScripts(library);
      formats = wanted.map((each) => NAMES[each]).filter(Boolean);
      await self.ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
      self.postMessage({ ready: true });
      return;
    }
    const found = await self.ZXingWASM.readBarcodes(picture, { formats, tryHarder: true, maxNumberOfSymbols: 1 });
    self.postMessage({ text: found.length ? found[0].text : "" });
  } catch (problem) {
    self.postMessage(library ? { failed: String(problem) } : { text: "" });
  }
});
