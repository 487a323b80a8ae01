import { computed, onScopeDispose, reactive, ref, shallowRef, watch } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { DatasetDetails, SplitPreview } from '@shared/rpc/schemas'
import { useDatasets } from '../../stores/datasets'
import { changeOf, fieldsOf, offersOf, splitFault, type SplitFields } from './split'

const pause = 250

/** The split as it is being set: what it would put where, shown before it is applied. */
export function useSplit(details: () => DatasetDetails) {
  const datasets = useDatasets()
  const experiment = computed(() => details().dataset.experiment)
  const offers = computed(() => offersOf(details()))
  const fields = reactive<SplitFields>(fieldsOf(experiment.value))
  const change = computed(() => changeOf(fields, experiment.value, offers.value))
  const changed = computed(() => Object.keys(change.value).length > 0)
  const faults = computed(() => ({
    ...fields.method === 'given' ? { validation: null, test: null } : splitFault(fields.validation, fields.test),
    gap: fields.gap !== null && Number.isInteger(fields.gap) && fields.gap >= 0 && fields.gap <= 1_000_000_000 ? null : 'A whole number from 0 on.',
    seed: fields.seed === null || (Number.isInteger(fields.seed) && fields.seed >= 0 && fields.seed < 2 ** 31) ? null : 'A whole number from 0 on; empty: that of the training.',
  }))
  const faulty = computed(() => Object.values(faults.value).some((fault) => fault !== null))

  const preview = shallowRef<SplitPreview | null>(null)
  const previewError = shallowRef<ErrorEnvelope | null>(null)
  const looking = ref(false)
  const saving = ref(false)
  let turn = 0
  let wait: ReturnType<typeof setTimeout> | undefined

  // Of another split than the one in force what was seen says nothing.
  watch(() => JSON.stringify(experiment.value.data), () => { preview.value = null })

  async function look(): Promise<void> {
    const mine = ++turn
    looking.value = true
    try {
      const found = await datasets.previewSplit(details().dataset.id, change.value)
      if (mine !== turn) return
      preview.value = found
      previewError.value = null
    } catch (reason) {
      if (mine === turn) previewError.value = UnrollError.from(reason).toJSON()
    } finally {
      if (mine === turn) looking.value = false
    }
  }
  // Also when the split was changed elsewhere, as the audit does.
  watch([() => JSON.stringify(change.value), () => JSON.stringify(experiment.value.data)], (_now, before) => {
    clearTimeout(wait)
    if (faulty.value) return
    wait = setTimeout(() => void look(), before[0] === undefined ? 0 : pause)
  }, { immediate: true })
  // What is being typed stays while something else is changed.
  watch(() => fieldsOf(experiment.value), (now, before) => {
    for (const key of Object.keys(now) as (keyof SplitFields)[]) if (fields[key] === before[key]) Object.assign(fields, { [key]: now[key] })
  })
  onScopeDispose(() => { clearTimeout(wait); turn++ })

  const reset = () => Object.assign(fields, fieldsOf(experiment.value))

  let asked = false
  /** Applies what the fields say; asked for while an earlier change is being applied, what was typed meanwhile comes next. */
  async function apply(): Promise<void> {
    asked = true
    if (saving.value) return
    saving.value = true
    while (asked) {
      asked = false
      // A refusal is not asked again.
      if (faulty.value || !changed.value || !await datasets.setSplit(details().dataset.id, change.value)) break
    }
    saving.value = false
  }

  return { fields, offers, faults, faulty, changed, preview, previewError, looking, saving, apply, reset }
}
