import { UnrollError } from '@shared/errors'
import type { KernelSource } from './gpu-js'
import { transpose } from './kernels/transpose'
import { largestBuffer, type Constants } from './kernel-types'

/** A flat buffer of a program: one of its inputs, fixed values, or a kernel's output. */
export type Buffer =
  | { readonly kind: 'input'; readonly index: number; readonly elements: number }
  | { readonly kind: 'fixed'; readonly values: Float32Array; readonly elements: number }
  | { readonly kind: 'output'; readonly call: number; readonly elements: number }

/** A stretch of a buffer. */
export interface View {
  readonly buffer: Buffer
  readonly offset: number
}

/** A stretch of known size. */
export interface Part extends View {
  readonly elements: number
}

/** One call of a kernel: buffers and integers, in the kernel's order. */
export interface KernelCall {
  readonly source: KernelSource
  readonly constants: Constants
  readonly args: readonly (Buffer | number)[]
  readonly output: number
}

/**
 * The kernel calls of a program in the order they were recorded. Recorded once by us and handed to GPU.js as a whole, so
 * that what no result needs is left out.
 */
export class Plan {
  readonly calls: KernelCall[] = []
  private readonly fixed = new Map<number, Buffer>()
  private readonly transposes = new Map<Buffer, Buffer>()

  call(source: KernelSource, output: number, args: readonly (Buffer | number)[], constants: Constants = {}): Buffer {
    if (output > largestBuffer || args.some((arg) => typeof arg !== 'number' && arg.elements > largestBuffer)) {
      throw new UnrollError('device.too-large', `A tensor of this model has more than ${largestBuffer} numbers, which is the most the GPU backend indexes exactly.`, {
        hint: 'Use a smaller batch, window or hidden size, or the device "cpu".',
      })
    }
    // Shaders can't be written with such a number, and JavaScript would carry on with it.
    const wrong = Object.entries({ ...constants.integers, ...constants.floats }).find(([, value]) => !Number.isFinite(value))
    if (wrong) throw new UnrollError('internal.constant', `The constant "${wrong[0]}" of the kernel ${source.name} should be a finite number but is ${wrong[1]}.`)
    this.calls.push({ source, constants, args, output })
    return { kind: 'output', call: this.calls.length - 1, elements: output }
  }

  /**
   * Wᵀ of a weight [outputs, inputs], made once a run. Threads that compute neighbouring outputs read neighbouring numbers of it,
   * which a GPU fetches together; of W they would read numbers `inputs` apart.
   */
  transposed(weight: Buffer, outputs: number, inputs: number): Buffer {
    let made = this.transposes.get(weight)
    if (!made) this.transposes.set(weight, made = this.call(transpose, outputs * inputs, [weight], { integers: { inputs, outputs } }))
    return made
  }

  /** A single fixed number, as a buffer. */
  number(value: number): Buffer {
    let buffer = this.fixed.get(value)
    if (!buffer) this.fixed.set(value, buffer = fixedBuffer(new Float32Array([value])))
    return buffer
  }

  zeros(elements: number): Buffer {
    return fixedBuffer(new Float32Array(elements))
  }

  ones(elements: number): Buffer {
    return fixedBuffer(new Float32Array(elements).fill(1))
  }

  /** Indices of the calls that the given buffers depend on, in order. */
  neededFor(buffers: readonly Buffer[]): number[] {
    const needed = new Set<number>()
    const pending = [...buffers]
    for (let buffer = pending.pop(); buffer; buffer = pending.pop()) {
      if (buffer.kind !== 'output' || needed.has(buffer.call)) continue
      needed.add(buffer.call)
      for (const arg of this.calls[buffer.call]!.args) if (typeof arg !== 'number') pending.push(arg)
    }
    return [...needed].sort((a, b) => a - b)
  }
}

const fixedBuffer = (values: Float32Array): Buffer => ({ kind: 'fixed', values, elements: values.length })
