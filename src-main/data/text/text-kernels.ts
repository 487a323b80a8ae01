import { UnrollError } from '@shared/errors'
import { textKernels } from '@generated/text-kernels'
import { fromBase64, webAssembly } from '../../engine/backends/wasm/binary'
import { piecesOf } from './pieces'

/** The functions of assembly/index.ts; what they do stands there. Numbers named `…At` and results of `prepare…` are addresses in bytes. */
export interface TextKernels {
  readonly memory: { readonly buffer: ArrayBuffer }
  /** Where bytes are put to be worked on, and how many at once. */
  readonly input: { readonly value: number }
  readonly inputRoom: { readonly value: number }
  /** Bytes there that wait for those that follow: of words only. */
  held(): number

  prepareBytes(): number
  countBytes(count: number): void

  prepareCharacters(): number
  idsAt(): number
  countCharacters(count: number): number
  joinCounts(): void
  prepareIds(): void
  encodeCharacters(count: number, width: number): number

  prepareLines(): number
  lineLengths(count: number): number
  lineBegun(): number

  prepareWords(): number
  cutIntoWords(count: number, last: boolean, learning: boolean): number
  size(): number
  countsAt(): number
  endsAt(): number
  textsAt(): number
}

/** What the kernels ask of the host. */
interface Host { classOf(point: number): number }

let module: unknown

/**
 * A new instance, with a memory of its own: one for each job.
 * @throws UnrollError `device.unavailable` where the host has no WebAssembly SIMD
 */
export function loadTextKernels(host: Host = { classOf: () => 0 }): TextKernels {
  try {
    module ??= new webAssembly.Module(fromBase64(textKernels))
    return new webAssembly.Instance(module, { host }).exports as TextKernels
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new UnrollError('device.unavailable', `Text can't be read here, as WebAssembly with SIMD is missing: ${reason}`, { hint: 'Needed is Node 20 on an x64 or ARM64 processor.', cause })
  }
}

/** Puts bytes where the kernels find them, as many at once as have room, none cut within a character. @returns how many, of each time */
export function* putPieces({ memory, input, inputRoom, held }: TextKernels, bytes: Uint8Array): Generator<number, void, void> {
  for (const piece of piecesOf(bytes, inputRoom.value)) {
    new Uint8Array(memory.buffer).set(piece, input.value + held())
    yield piece.length
  }
}
