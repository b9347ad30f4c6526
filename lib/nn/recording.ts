/**
 * @module Recording what the WebGPU backend sends to the GPU while a function runs, to send it again without the function.
 *
 * TensorFlow.js spends 50 to 70 us of JavaScript on every operation (tape, shader key, uniforms, bind group); sending a
 * recorded dispatch again takes a few. While recording, buffers come from a pool that belongs to the recording: what the
 * function frees is used again within it, in the same order at every replay, and nobody else can get it. Buffers the host
 * fills (uniforms with shapes, constants) keep their content, because nothing in the recording writes to them again.
 */
import { HostWrites } from "./host_writes.ts";
import { tf } from "./tf.ts";

/** The part of TensorFlow.js' WebGPU backend that is used here; version 4.22. */
export interface WebGpuBackend {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  readonly tensorMap: { get(id: object): { resource?: GPUBuffer; values: unknown } };
  bufferManager: BufferPool;
  commandEncoder: GPUCommandEncoder | null;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  uploadToGPU(id: object): void;
}

interface BufferPool {
  acquireBuffer(size: number, usage: number, mapped?: boolean, reuse?: boolean): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
}

type Dispatch = {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly size: readonly [number, number, number];
};
/** A copy of a whole buffer. */
export type BufferCopy = { readonly from: GPUBuffer; readonly to: GPUBuffer; readonly bytes: number };
type Command = Dispatch | BufferCopy;

/** What a function sent to the GPU. */
export class Recording {
  readonly #backend: WebGpuBackend;
  readonly #pool: OwnPool;
  readonly #commands: Command[];
  readonly #written: HostWrites;

  private constructor(backend: WebGpuBackend, pool: OwnPool, commands: Command[], written: HostWrites) {
    this.#backend = backend;
    this.#pool = pool;
    this.#commands = commands;
    this.#written = written;
  }

  /**
   * Runs `f` once, for real, and records it. Tensors that live on (what `f` returns) stay where the replays write them:
   * give them back with `dispose`.
   */
  static of<T>(f: () => T): { result: T; recording: Recording } {
    const backend = webGpuBackend();
    const commands: Command[] = [];
    const written = new HostWrites();
    const pool = new OwnPool(backend.device, backend.bufferManager, written);
    const theirs = backend.bufferManager;
    flush(backend);
    backend.bufferManager = pool;
    const unwatch = written.watch(backend.queue);
    // An own property hides the method of the class until it is deleted again.
    backend.ensureCommandEncoderReady = () => {
      backend.commandEncoder ??= recordingEncoder(backend.device.createCommandEncoder(), commands, pool);
    };
    try {
      const result = f();
      flush(backend);
      return { result, recording: new Recording(backend, pool, commands, written) };
    } catch (error) {
      flush(backend);
      pool.destroy();
      throw error;
    } finally {
      backend.bufferManager = theirs;
      unwatch();
      delete (backend as Partial<WebGpuBackend>).ensureCommandEncoderReady;
    }
  }

  /** How another recording of the same function differs from this one, in words; undefined when a replay of either is the other. */
  differenceFrom(other: Recording): string | undefined {
    const [mine, its] = [this.#commands, other.#commands];
    if (mine.length !== its.length) {
      return `it sends ${mine.length} operations to the GPU, then ${its.length}`;
    }
    const at = mine.findIndex((command, i) => !sameCommand(command, its[i]));
    if (at >= 0) return `operation ${at + 1} of ${mine.length} is another one`;
    if (!this.#written.equals(other.#written)) return "it uses other constants";
  }

  /** Dispatches in one replay. */
  get dispatches(): number {
    return this.#commands.filter((command) => "pipeline" in command).length;
  }

  /** Bytes of GPU memory the recording owns. */
  get bytes(): number {
    return this.#pool.bytes;
  }

  /** Sends everything again, then the given copies, in one submission; returns the milliseconds spent encoding it. */
  replay(after: readonly BufferCopy[] = []): number {
    flush(this.#backend);
    const start = performance.now();
    const encoder = this.#backend.device.createCommandEncoder();
    let pass: GPUComputePassEncoder | undefined;
    let pipeline: GPUComputePipeline | undefined;
    for (const command of this.#commands) {
      if ("pipeline" in command) {
        pass ??= encoder.beginComputePass();
        if (command.pipeline !== pipeline) pass.setPipeline(pipeline = command.pipeline);
        pass.setBindGroup(0, command.group);
        pass.dispatchWorkgroups(command.size[0], command.size[1], command.size[2]);
      } else {
        pass?.end();
        pass = pipeline = undefined;
        encoder.copyBufferToBuffer(command.from, 0, command.to, 0, command.bytes);
      }
    }
    pass?.end();
    for (const { from, to, bytes } of after) encoder.copyBufferToBuffer(from, 0, to, 0, bytes);
    const commands = encoder.finish();
    const spent = performance.now() - start;
    this.#backend.queue.submit([commands]);
    return spent;
  }

  /** Disposes of the tensors the function returned and frees the recording's memory. */
  dispose(returned: readonly tf.Tensor[]): void {
    const theirs = this.#backend.bufferManager;
    flush(this.#backend);
    this.#backend.bufferManager = this.#pool;
    try {
      for (const tensor of returned) tensor.dispose();
      flush(this.#backend);
    } finally {
      this.#backend.bufferManager = theirs;
    }
    this.#pool.destroy();
  }
}

/** The backend, which must be `webgpu`. */
export function webGpuBackend(): WebGpuBackend {
  if (tf.getBackend() !== "webgpu") {
    throw new Error(`only the webgpu backend can be recorded, the current one is ${tf.getBackend()}`);
  }
  return tf.backend() as unknown as WebGpuBackend;
}

/** Kept when the GPU has done all that it was sent; at once on other backends, which compute as they are called. */
export async function settled(): Promise<void> {
  if (tf.getBackend() === "webgpu") await webGpuBackend().queue.onSubmittedWorkDone();
}

/** The buffer a tensor lives in; moves it to the GPU first when it is still on the host. */
export function bufferOf(tensor: tf.Tensor, backend = webGpuBackend()): GPUBuffer {
  backend.uploadToGPU(tensor.dataId);
  return backend.tensorMap.get(tensor.dataId).resource!;
}

/** Sends what is pending. */
export function flush(backend: WebGpuBackend): void {
  backend.endComputePassEncoder();
  if (backend.commandEncoder) backend.submitQueue();
}

/** Copies whole buffers, after everything that is pending; bits are not touched, as a product with one might. */
export function copyBuffers(copies: readonly BufferCopy[]): void {
  const backend = webGpuBackend();
  flush(backend);
  const encoder = backend.device.createCommandEncoder();
  for (const { from, to, bytes } of copies) encoder.copyBufferToBuffer(from, 0, to, 0, bytes);
  backend.queue.submit([encoder.finish()]);
}

/** Whether two commands do the same to buffers of their own recordings. */
function sameCommand(a: Command, b: Command): boolean {
  if ("pipeline" in a && "pipeline" in b) {
    return a.pipeline === b.pipeline && a.size.every((n, i) => n === b.size[i]);
  }
  return !("pipeline" in a) && !("pipeline" in b) && a.bytes === b.bytes;
}

/** An encoder that does what it is told and remembers it. */
function recordingEncoder(
  encoder: GPUCommandEncoder,
  commands: Command[],
  pool: OwnPool,
): GPUCommandEncoder {
  const wrapped = {
    beginComputePass(descriptor?: GPUComputePassDescriptor) {
      const pass = encoder.beginComputePass(descriptor);
      let pipeline: GPUComputePipeline;
      let group: GPUBindGroup;
      return {
        setPipeline: (p: GPUComputePipeline) => pass.setPipeline(pipeline = p),
        setBindGroup: (index: number, g: GPUBindGroup) => pass.setBindGroup(index, group = g),
        dispatchWorkgroups(x: number, y = 1, z = 1) {
          commands.push({ pipeline, group, size: [x, y, z] });
          pass.dispatchWorkgroups(x, y, z);
        },
        end: () => pass.end(),
      };
    },
    copyBufferToBuffer(from: GPUBuffer, _: number, to: GPUBuffer, __: number, bytes: number) {
      // A copy out of a staging buffer fills a constant, which keeps its content.
      if (!pool.isStaging(from)) commands.push({ from, to, bytes });
      encoder.copyBufferToBuffer(from, 0, to, 0, bytes);
    },
    finish: () => encoder.finish(),
  };
  return wrapped as unknown as GPUCommandEncoder;
}

/** The pool of one recording. Buffers of the backend's own pool that are released meanwhile go back there. */
class OwnPool implements BufferPool {
  bytes = 0;
  readonly #owned = new Set<GPUBuffer>();
  readonly #fixed = new Set<GPUBuffer>();
  readonly #free = new Map<string, GPUBuffer[]>();

  constructor(
    private readonly device: GPUDevice,
    private readonly theirs: BufferPool,
    private readonly written: HostWrites,
  ) {}

  acquireBuffer(size: number, usage: number, mapped = false): GPUBuffer {
    // What the host fills is never used for anything else: uniforms, constants, staging.
    const fixed = mapped || (usage & GPUBufferUsage.UNIFORM) !== 0;
    const recycled = fixed ? undefined : this.#free.get(`${size}_${usage}`)?.pop();
    if (recycled) return recycled;
    const buffer = this.device.createBuffer({ size, usage, mappedAtCreation: mapped });
    if (mapped) this.written.watchMapped(buffer);
    this.#owned.add(buffer);
    if (fixed) this.#fixed.add(buffer);
    this.bytes += size;
    return buffer;
  }

  releaseBuffer(buffer: GPUBuffer, reuse = true): void {
    if (!this.#owned.has(buffer)) return this.theirs.releaseBuffer(buffer, reuse);
    if (this.#fixed.has(buffer)) return;
    const key = `${buffer.size}_${buffer.usage}`;
    this.#free.set(key, [...this.#free.get(key) ?? [], buffer]);
  }

  isStaging(buffer: GPUBuffer): boolean {
    return this.#owned.has(buffer) && (buffer.usage & GPUBufferUsage.MAP_WRITE) !== 0;
  }

  destroy(): void {
    for (const buffer of this.#owned) buffer.destroy();
    this.#owned.clear();
  }
}
