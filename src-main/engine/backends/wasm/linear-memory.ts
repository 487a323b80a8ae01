import { UnrollError } from '@shared/errors'
import { FreeList } from './free-list'
import { firstFree, type Kernels } from './kernel-module'

const PAGE = 65536

/** The one memory that kernels, variables and programs share. It grows when needed and never shrinks; what is freed is used again. */
export class LinearMemory {
  private readonly stretches: FreeList
  private floatView: Float32Array
  private intView: Int32Array

  constructor(private readonly kernels: Kernels) {
    this.floatView = new Float32Array(kernels.memory.buffer)
    this.intView = new Int32Array(kernels.memory.buffer)
    this.stretches = new FreeList(firstFree(kernels), (end) => { this.growTo(end) })
  }

  /** Size of the whole memory, bytes. */
  get size(): number {
    return this.kernels.memory.buffer.byteLength
  }

  /** Bytes handed out. */
  get used(): number {
    return this.stretches.used
  }

  /**
   * The address of `bytes` bytes with any content.
   * @throws UnrollError `memory.exhausted` with the megabytes wanted, when WebAssembly's 4 GB or the machine's memory don't hold them
   */
  allocate(bytes: number): number {
    return this.stretches.take(bytes)
  }

  free(address: number): void {
    this.stretches.give(address)
  }

  /** The present view: growth makes a new one, so it is never kept. */
  get floats(): Float32Array {
    if (this.floatView.buffer !== this.kernels.memory.buffer) this.floatView = new Float32Array(this.kernels.memory.buffer)
    return this.floatView
  }

  get ints(): Int32Array {
    if (this.intView.buffer !== this.kernels.memory.buffer) this.intView = new Int32Array(this.kernels.memory.buffer)
    return this.intView
  }

  /** A copy of `count` float32. */
  read(address: number, count: number): Float32Array {
    return this.floats.slice(address / 4, address / 4 + count)
  }

  private growTo(end: number): void {
    const missing = end - this.size
    if (missing <= 0) return
    try {
      this.kernels.memory.grow(Math.ceil(missing / PAGE))
    } catch (cause) {
      const megabytes = Math.ceil(end / 2 ** 20)
      throw new UnrollError('memory.exhausted', `The model and its batch need ${megabytes} MB of WebAssembly memory, more than there is (at most 4096 MB).`, {
        hint: 'Make the batch, the window or the hidden size smaller.', cause,
      })
    }
  }
}
