import type { Buffer } from './plan'
import { PackedStore } from './sequence-store'
import { GpuSequence, GpuTensor } from './tensors'

/** A whole buffer as a tensor. */
export const wholeTensor = (shape: readonly number[], buffer: Buffer): GpuTensor => new GpuTensor(shape, () => ({ buffer, offset: 0 }))

/** A whole buffer as a sequence, its steps one after the other. */
export const packedSequence = (buffer: Buffer, steps: number, batch: number, width: number): GpuSequence =>
  new GpuSequence(new PackedStore({ buffer, offset: 0 }, batch * width), steps, batch, width)
