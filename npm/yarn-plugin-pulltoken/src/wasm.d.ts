// What `cargo xtask build` leaves in ../wasm, as scripts/build.js puts it into the file.

declare module '#wasm/glue' {
  /** Starts the module from its bytes. Its functions are exported beside this one. */
  export function initSync(source: { module: Uint8Array }): unknown;
}

declare module '#wasm/module' {
  /** The module's bytes, brotli below base64. */
  const compressed: string;
  export default compressed;
}
