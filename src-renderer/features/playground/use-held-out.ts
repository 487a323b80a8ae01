import { computed } from 'vue'
import type { Run } from '@shared/rpc/schemas'
import { usePlayground } from '../../stores/playground'
import { drawSeed } from './fields'

const partWords = { train: 'training', validation: 'validation', test: 'test' } as const

/** Records that the network wasn't trained on, drawn one at a time, to try it with. */
export function useHeldOut(run: () => Run) {
  const playground = usePlayground()
  const drawn = computed(() => playground.example.question?.id === run().id ? playground.example.value : null)
  const error = computed(() => playground.example.error)
  const pending = computed(() => playground.example.pending)

  /** The text of another record; null when none could be had. */
  async function draw(): Promise<string | null> {
    await playground.draw({ id: run().id, seed: drawSeed() })
    return error.value ? null : drawn.value?.text ?? null
  }

  /** What belongs to a text, where it is the one that was drawn. */
  const expectedOf = (text: string) => drawn.value?.text === text ? { value: drawn.value.expected, part: partWords[drawn.value.part] } : null

  return { drawn, error, pending, draw, expectedOf }
}
