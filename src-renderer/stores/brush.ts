import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { Trace } from '@shared/rpc/inspect-schemas'
import { useInspector } from './inspector'

/** Steps from..to-1. */
export type StepRange = readonly [from: number, to: number]
type Stack = Trace['timelines'][number]['stack']

/**
 * The steps of the open sequence that were brushed over, in whichever view: one selection for all of them. Reading the same
 * sequence again (while a run trains) keeps it; another sequence begins without one.
 */
export const useBrush = defineStore('brush', () => {
  const inspector = useInspector()
  const chosen = shallowRef<{ stack: Stack; ranges: readonly StepRange[] } | null>(null)
  const nothing: readonly StepRange[] = []

  /** The stretches chosen of a timeline, rising, none touching the next. */
  const of = (stack: Stack): readonly StepRange[] => chosen.value?.stack === stack ? chosen.value.ranges : nothing
  const count = computed(() => (chosen.value?.ranges ?? nothing).reduce((sum, [from, to]) => sum + to - from, 0))

  function set(stack: Stack, ranges: readonly StepRange[]): void {
    chosen.value = ranges.length > 0 ? { stack, ranges } : null
  }
  const clear = (): void => { chosen.value = null }
  watch(() => inspector.input, clear)

  return { chosen, count, of, set, clear }
})

/** Rising steps as the stretches they make up. */
export function rangesOf(steps: ArrayLike<number>): StepRange[] {
  const ranges: [number, number][] = []
  for (let at = 0; at < steps.length; at++) {
    const last = ranges.at(-1)
    if (last && last[1] === steps[at]) last[1]++
    else ranges.push([steps[at]!, steps[at]! + 1])
  }
  return ranges
}

export const holds = (ranges: readonly StepRange[], step: number): boolean => ranges.some(([from, to]) => step >= from && step < to)

/** The longest stretch, the first of equally long ones; null where there is none. */
export const longestOf = (ranges: readonly StepRange[]): StepRange | null => ranges.reduce<StepRange | null>((best, range) => best === null || range[1] - range[0] > best[1] - best[0] ? range : best, null)
