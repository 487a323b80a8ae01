import { computed, onMounted, ref, watch } from 'vue'
import type { Run } from '@shared/rpc/schemas'
import { useDatasets } from '../../stores/datasets'
import type { LookedInputSpec } from '@shared/rpc/inspect-schemas'
import { isText } from '../dashboard/run-words'

export type InputKind = 'text' | 'stretch'

/** At most so many steps at a time, as the contract has it. */
export const MOST_STEPS = 20_000
export const MOST_CHARACTERS = 100_000

/** What the user wants to see the hidden states over: a text of their own, or a stretch of the dataset. */
export function useStatesInput(run: () => Run) {
  const datasets = useDatasets()
  const kind = ref<InputKind>('stretch')
  const text = ref('')
  const from = ref<number | null>(0)
  const count = ref<number | null>(400)
  /** Whether the fields hold what the screen proposes (or the dataset is gone and can't be asked). */
  const proposed = ref(false)
  const details = computed(() => datasets.details.get(run().datasetId ?? '') ?? null)
  const parts = computed(() => details.value?.split.filter((part) => part.count > 0) ?? [])
  /** Independent sequences are looked at one at a time; `from` is then the number of one. */
  const oneByOne = computed(() => !['text', 'series'].includes(run().experiment.data.kind))
  const length = computed(() => details.value?.dataset.length ?? null)

  onMounted(async () => {
    const { datasetId } = run()
    const found = datasetId ? await datasets.open(datasetId) : null
    // What the network hasn't trained on tells most about it.
    const unseen = found?.split.find((part) => part.part === 'validation' && part.count > 0)
    if (unseen) {
      from.value = unseen.from
      if (!oneByOne.value) count.value = Math.min(400, Math.max(1, unseen.to - unseen.from))
    }
    proposed.value = true
  })
  watch(run, (now) => { if (!isText(now)) kind.value = 'stretch' })

  const whole = (value: number | null, least: number) => value !== null && Number.isInteger(value) && value >= least
  const fromError = computed(() => {
    if (!whole(from.value, 0)) return 'A whole number from 0 on.'
    return length.value !== null && from.value! >= length.value ? `The dataset has ${length.value.toLocaleString('en-US')}${oneByOne.value ? ' sequences' : ''}, counted from 0.` : null
  })
  const countError = computed(() => whole(count.value, 1) && count.value! <= MOST_STEPS ? null : `A whole number from 1 to ${MOST_STEPS.toLocaleString('en-US')}.`)
  const textError = computed(() => text.value.length > MOST_CHARACTERS ? `At most ${MOST_CHARACTERS.toLocaleString('en-US')} characters; this has ${text.value.length.toLocaleString('en-US')}.` : null)

  /** null while it isn't complete. */
  const input = computed<LookedInputSpec | null>(() => {
    if (kind.value === 'text') return text.value !== '' && !textError.value ? { kind: 'text', text: text.value } : null
    return fromError.value || (!oneByOne.value && countError.value) ? null : { kind: 'stretch', from: from.value!, count: oneByOne.value ? MOST_STEPS : count.value! }
  })

  return { kind, text, from, count, parts, oneByOne, proposed, length, fromError, countError, textError, input }
}
