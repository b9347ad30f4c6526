/**
 * @module What the host writes into buffers while a function is recorded: shapes, and the constants of the function. A replay
 * keeps them as they were, so they must not depend on when the function runs; here two runs are compared.
 */

/** A running digest of everything that was written: two of 32 bits, as one is too short to be trusted with a whole step. */
export class HostWrites {
  #digest = [0x811c9dc5, 0x2c9277b5];
  #bytes = 0;

  /** Takes note of what is written through a queue until the function it returns is called. */
  watch(queue: GPUQueue): () => void {
    const write = queue.writeBuffer.bind(queue) as (...args: unknown[]) => void;
    // An own property hides the method of the class until it is deleted again. Always called with an ArrayBuffer of bytes.
    queue.writeBuffer = (buffer: GPUBuffer, offset: number, data: BufferSource, ...part: number[]) => {
      if (data instanceof ArrayBuffer) this.#add(data);
      write(buffer, offset, data, ...part);
    };
    return () => delete (queue as Partial<GPUQueue>).writeBuffer;
  }

  /** Takes note of what a buffer that was made mapped holds when it is given to the GPU. */
  watchMapped(buffer: GPUBuffer): GPUBuffer {
    const { getMappedRange, unmap } = buffer;
    let range: ArrayBuffer | undefined;
    buffer.getMappedRange = () => range = getMappedRange.call(buffer);
    buffer.unmap = () => {
      if (range) this.#add(range);
      range = undefined;
      unmap.call(buffer);
    };
    return buffer;
  }

  /** Whether the same bytes were written in the same order. */
  equals(other: HostWrites): boolean {
    return this.#bytes === other.#bytes && this.#digest.every((part, i) => part === other.#digest[i]);
  }

  /** Adds bytes, in words of four as WebGPU has them. */
  #add(data: ArrayBuffer): void {
    let [a, b] = this.#digest;
    for (const word of new Uint32Array(data)) {
      a = Math.imul(a ^ word, 0x01000193); // FNV-1a, over words
      a ^= a >>> 15; // multiplication alone carries nothing from the high bits to the low ones
      b = Math.imul(b ^ word, 0x85ebca6b);
      b ^= b >>> 13;
    }
    this.#digest = [a, b];
    this.#bytes += data.byteLength;
  }
}
