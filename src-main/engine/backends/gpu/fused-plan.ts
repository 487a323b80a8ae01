/**
 * What GPU.js 2.24's fused encoder has compiled of a pipeline: its buffers, and its kernels bound to them. GPU.js gives no way to
 * run a plan on buffers that stay, so this looks inside; what isn't as expected is an error, never a guess.
 */
export interface FusedPlan {
  readonly device: GPUDevice
  readonly passes: readonly { readonly pipeline: GPUComputePipeline; readonly bindGroup: GPUBindGroup; readonly groups: readonly [number, number, number] }[]
  /** The buffer of an argument; undefined where no kernel reads it. */
  argument(index: number): GPUBuffer | undefined
  /** The buffers of what the orchestration returned, in its order. */
  readonly results: readonly GPUBuffer[]
}

/** `Pipeline._executor` of gpu.js, as far as it is used. */
interface Executor {
  readonly kind?: unknown
  readonly _device?: GPUDevice
  readonly _passes?: FusedPlan['passes']
  readonly _argRegions?: Map<number, { readonly buffer: GPUBuffer }>
  readonly _resultReads?: readonly { readonly kind: string; readonly buffer: GPUBuffer }[]
  /** Uniforms that GPU.js would write anew at each call. */
  readonly _paramsRecords?: readonly { readonly perCall: boolean }[]
}

/** @returns why there is none, as a sentence's end, where GPU.js is built otherwise than this expects */
export function fusedPlan(executor: unknown): FusedPlan | string {
  const { kind, _device: device, _passes: passes, _argRegions: regions, _resultReads: reads, _paramsRecords: uniforms } = (executor ?? {}) as Executor
  if (kind !== 'fused-encoder' || !device || !Array.isArray(passes) || !(regions instanceof Map) || !Array.isArray(reads) || !Array.isArray(uniforms)) {
    return 'GPU.js holds its compiled plan otherwise than version 2.24 does'
  }
  if (passes.some(({ pipeline, bindGroup, groups }) => !pipeline || !bindGroup || groups?.length !== 3)) return 'GPU.js\'s kernels aren\'t bound as those of version 2.24 are'
  if (uniforms.some(({ perCall }) => perCall)) return 'a kernel takes numbers anew at each run'
  if (reads.some(({ kind: read, buffer }) => read !== 'step' || !buffer)) return 'a result is no kernel\'s output'
  return { device, passes, argument: (index) => regions.get(index)?.buffer, results: reads.map(({ buffer }) => buffer) }
}
