// The glue that `cargo xtask build` writes to wasm/web and wasm/web-core.
declare module '*/pulltoken.js' {
  type Source = string | URL | Request | Response | BufferSource | WebAssembly.Module;
  export default function load(source: { module_or_path: Source | Promise<Source> }): Promise<unknown>;
}
