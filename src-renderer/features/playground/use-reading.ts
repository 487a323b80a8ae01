import { computed, onMounted, ref } from 'vue'
import type { Run } from '@shared/rpc/schemas'
import { useAction } from '../../shell/actions'
import type { Answer } from '../../stores/playground'
import { useHeldOut } from './use-held-out'

/** What this run was asked last; null: nothing, or another run was. */
export const lastOf = <T, Q extends { id: string }>(run: () => Run, answer: Answer<T, Q>): Q | null => (answer.question?.id === run().id ? answer.question : null)

/**
 * A sequence that is typed or drawn from what was held out, and what the network makes of it: where such a playground was
 * left, it goes on; opened for the first time it begins with a held-out one.
 * @param textOf what was read, of a question asked before   @param ask asks of `text` as it is   @param ready whether it can be asked
 */
export function useReading<T, Q extends { id: string }>(run: () => Run, answer: Answer<T, Q>, textOf: (question: Q) => string, ask: (text: string) => Promise<void>, ready: (text: string) => boolean) {
  const held = useHeldOut(run)
  const last = lastOf(run, answer)
  const text = ref(last ? textOf(last) : '')
  const canAsk = computed(() => text.value !== '' && ready(text.value))

  async function submit(): Promise<void> {
    if (canAsk.value) await ask(text.value)
  }
  async function another(): Promise<void> {
    const drawn = await held.draw()
    if (drawn === null) return
    text.value = drawn
    await submit()
  }
  useAction('playground.generate', () => void submit(), () => canAsk.value)
  onMounted(() => { if (!last) void another() })

  const shown = computed(() => answer.question?.id === run().id ? answer.value : null)
  const expected = computed(() => answer.question ? held.expectedOf(textOf(answer.question)) : null)
  return { held, text, canAsk, submit, another, shown, expected }
}
