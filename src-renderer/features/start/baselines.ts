import type { Baseline } from '@shared/metrics'

/** The trivial model with the lowest loss: the one to beat; null where none was measured. */
export const bestBaseline = (baselines: readonly Baseline[]): Baseline | null =>
  baselines.reduce<Baseline | null>((best, candidate) => best === null || candidate.loss < best.loss ? candidate : best, null)
