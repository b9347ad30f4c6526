/** @module Configs never change once they are written down. */

/** Freezes a config and everything in it, and returns it. */
export function frozen<T>(config: T): T {
  if (typeof config === "object" && config !== null) {
    Object.values(config).forEach(frozen);
    Object.freeze(config);
  }
  return config;
}
