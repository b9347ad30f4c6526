/**
 * @module What of this room runs in a page: the same models, layers, optimisers and training step, on a page's own devices. The bundler
 * of explorers puts this face in the place of `mod.ts`, so that a model is the same file in both.
 */
export * from "./everywhere.ts";
export { backendNames, DeviceError, openDevice } from "./browser_device.ts";
