import { UnrollError } from '@shared/errors'
import type { Variable } from '../backend'
import { Block, sizeOf, WasmTensor } from './handles'
import type { LinearMemory } from './linear-memory'

/** A variable in the linear memory, zero-filled at first. Its block's version counts its changes. */
export class WasmVariable implements Variable {
  readonly block: Block
  readonly tensor: WasmTensor
  private readonly size: number

  constructor(readonly name: string, readonly shape: readonly number[], readonly memory: LinearMemory) {
    this.size = sizeOf(shape)
    this.block = new Block(this.size * 4)
    this.block.address = memory.allocate(this.block.bytes)
    this.block.version = 0
    this.tensor = new WasmTensor(shape, this.block, 0, name)
    this.write(new Float32Array(this.size))
  }

  async read(): Promise<Float32Array> {
    return this.memory.read(this.block.address, this.size)
  }

  write(values: Float32Array): void {
    if (values.length !== this.size) {
      throw new UnrollError('shape.mismatch', `Variable "${this.name}" should hold ${this.size} float32 numbers, ${JSON.stringify(this.shape)}, but was given ${values.length}.`, {
        where: { parameter: this.name },
      })
    }
    this.memory.floats.set(values, this.block.address / 4)
    this.changed()
  }

  /** What was packed from it is stale from now on. */
  changed(): void {
    this.block.version = (this.block.version ?? 0) + 1
  }
}
