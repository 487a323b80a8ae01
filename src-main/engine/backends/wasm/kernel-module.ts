import { UnrollError } from '@shared/errors'
import { relaxedSimd, sharedRelaxedSimd, simd } from '@generated/kernels'
import { fromBase64, webAssembly } from './binary'

/** A loss of the error output − target. */
type ErrorKernel = (first: number, steps: number, batch: number, row: number, rows: number, width: number,
  output: number, target: number, lengths: number, scale: number, gradient: number, sums: number) => void

/**
 * The functions of assembly/index.ts. Every argument that is no count, step or hyperparameter is an address in bytes;
 * `…Row` and `panelBytes` are distances in bytes. The equations stand with the kernels.
 */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer | SharedArrayBuffer; grow(pages: number): number }
  heapBase(): number
  scratchBytes(): number
  useScratch(at: number): void

  execute(at: number, end: number, budget: number, control: number): number
  spin(at: number, target: number, spins: number): number

  copy(bytes: number, from: number, to: number): void
  clear(bytes: number, at: number): void

  packRows(k: number, n: number, source: number, row: number, target: number, panelBytes: number): void
  packColumns(k: number, n: number, source: number, row: number, target: number, panelBytes: number): void
  transpose(rows: number, columns: number, source: number, sourceRow: number, target: number, targetRow: number): void
  product(m: number, n: number, k: number, a: number, aRow: number, b: number, panelBytes: number,
    initial: number, initialRow: number, c: number, cRow: number): void
  productOfSteps(steps: number, aStep: number, initialStep: number, cStep: number, m: number, n: number, k: number, a: number, aRow: number,
    b: number, panelBytes: number, initial: number, initialRow: number, c: number, cRow: number): void
  outerDepth(): number
  outerWorkspace(m: number, n: number): number
  outerProduct(rows: number, m: number, n: number, d: number, dRow: number, x: number, xRow: number,
    c: number, cRow: number, accumulate: boolean, workspace: number): void

  gatherRows(count: number, width: number, vocabulary: number, tokens: number, rows: number, bias: number, y: number): void
  gatherColumns(count: number, width: number, vocabulary: number, tokens: number, weight: number, bias: number, y: number): void
  scatterRows(count: number, width: number, vocabulary: number, tokens: number, delta: number, row: number, sums: number, sumsRow: number): void
  scatterColumns(count: number, width: number, vocabulary: number, tokens: number, delta: number, row: number, sums: number): void

  rnnActivate(batch: number, width: number, h: number, previous: number, lengths: number, step: number, relu: boolean): void
  rnnDelta(batch: number, width: number, gradient: number, state: number, delta: number, lengths: number, step: number, relu: boolean): void
  passInactive(batch: number, width: number, gradient: number, back: number, lengths: number, step: number): void

  lstmActivate(batch: number, width: number, gates: number, previous: number, cell: number, hidden: number, nextCell: number, lengths: number, step: number): void
  lstmDelta(batch: number, width: number, gradient: number, cellGradient: number, gates: number, previousCell: number, cell: number,
    delta: number, previousGradient: number, lengths: number, step: number): void
  held(batch: number, width: number, gradient: number, result: number, lengths: number, step: number): void
  gruActivate(batch: number, width: number, gates: number, projected: number, bias: number, previous: number, hidden: number, lengths: number, step: number): void
  gruDelta(batch: number, width: number, gradient: number, gates: number, previous: number,
    input: number, recurrent: number, direct: number, lengths: number, step: number): void

  clearRows(rows: number, width: number, at: number, row: number): void
  copyRows(rows: number, width: number, from: number, fromRow: number, to: number, toRow: number): void
  lookUp(count: number, width: number, vocabulary: number, tokens: number, table: number, y: number): void
  multiply(count: number, a: number, b: number, product: number): void

  attend(row: number, rows: number, steps: number, batch: number, count: number, width: number,
    queries: number, keys: number, lengths: number, context: number, weights: number, workspace: number): void
  attendBackward(row: number, rows: number, steps: number, batch: number, count: number, width: number,
    gradient: number, queries: number, keys: number, weights: number, lengths: number,
    towardsQueries: number, towardsKeys: number, accumulate: boolean, slopes: number, workspace: number): void

  crossEntropy(first: number, steps: number, batch: number, row: number, rows: number, width: number,
    logits: number, targets: number, lengths: number, scale: number, gradient: number, sums: number, smoothing: number, weights: number): void
  squaredError: ErrorKernel
  absoluteError: ErrorKernel
  huberLoss: ErrorKernel
  lossEnd(count: number, sums: number, scale: number, loss: number, score: number): void

  add(count: number, a: number, b: number, sum: number): void
  rowSum(rows: number, width: number, d: number, row: number, sum: number): void
  squareSums(count: number, stretch: number, x: number, sums: number): void
  rootOfSums(count: number, sums: number, root: number): void
  clipFactor(norm: number, clip: number, factor: number): void

  descend(count: number, parameter: number, gradient: number, factor: number, decay: number, rate: number, next: number): void
  momentum(count: number, parameter: number, gradient: number, velocity: number, factor: number, decay: number, mu: number, nesterov: boolean,
    rate: number, next: number, nextVelocity: number): void
  adam(count: number, parameter: number, gradient: number, first: number, second: number, factor: number, decay: number, decoupled: boolean,
    beta1: number, beta2: number, epsilon: number, hyper: number, next: number, nextFirst: number, nextSecond: number): void
  rmsprop(count: number, parameter: number, gradient: number, square: number, buffer: number, factor: number, decay: number,
    alpha: number, epsilon: number, mu: number, rate: number, next: number, nextSquare: number, nextBuffer: number): void
  clipValue(count: number, gradient: number, limit: number, clipped: number): void

  expArray(count: number, x: number, y: number): void
  sigmoidArray(count: number, x: number, y: number): void
  tanhArray(count: number, x: number, y: number): void
}

export type SimdLevel = 'simd' | 'relaxed-simd'

/** The better of the two builds that this host runs. */
export function simdLevel(): SimdLevel {
  return webAssembly.validate(fromBase64(relaxedSimd)) ? 'relaxed-simd' : 'simd'
}

/** A build of the kernels; threads that share a memory share it too. */
export interface KernelModule {
  module: unknown
  /** Whether its instances share a memory that is handed to them. */
  shared: boolean
}

const compiled = new Map<string, Promise<unknown>>()

/**
 * The kernels, compiled; once for all backends of a host.
 * @param shared for several threads on one memory; relaxed SIMD only
 * @throws UnrollError `device.unavailable` where the host has no WebAssembly SIMD
 */
export async function kernelModule(level: SimdLevel, shared = false): Promise<KernelModule> {
  const [name, text] = level === 'simd' ? ['simd', simd] : shared ? ['shared', sharedRelaxedSimd] : ['relaxed', relaxedSimd]
  const earlier = compiled.get(name)
  const module = earlier ?? webAssembly.compile(fromBase64(text)).catch((cause: unknown) => unavailable(level, cause))
  compiled.set(name, module)
  return { module: await module, shared: name === 'shared' }
}

/** A memory for several threads, of one page, that may grow to WebAssembly's 4 GB; null where the host refuses it. */
export function sharedMemory(): object | null {
  try {
    return new webAssembly.Memory({ initial: 1, maximum: 65536, shared: true })
  } catch {
    return null
  }
}

/**
 * An instance of the kernels on a memory of its own, or on the shared one given.
 * @param scratch where this instance keeps what no other may touch; null: at the start of the memory, below `firstFree`
 */
export function instantiate({ module }: KernelModule, memory: object | null = null, scratch: number | null = null): Kernels {
  const kernels = new webAssembly.Instance(module, memory ? { env: { memory } } : {}).exports as Kernels
  kernels.useScratch(scratch ?? ownScratch(kernels))
  return kernels
}

const ownScratch = (kernels: Kernels) => Math.ceil((kernels.heapBase() >>> 0) / 64) * 64

/** Everything from here on is free. */
export const firstFree = (kernels: Kernels): number => ownScratch(kernels) + Math.ceil(kernels.scratchBytes() / 64) * 64

/** A new instance of the kernels, with a memory of its own. */
export const loadKernels = async (level: SimdLevel): Promise<Kernels> => instantiate(await kernelModule(level))

function unavailable(level: SimdLevel, cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause)
  throw new UnrollError('device.unavailable', `The WebAssembly kernels (${level}) can't be loaded here: ${reason}`, {
    hint: 'Needed are Node 20 or a browser of 2023 on an x64 or ARM64 processor, and in a page a content security policy with \'wasm-unsafe-eval\'.', cause,
  })
}
