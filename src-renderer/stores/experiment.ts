import { defineStore } from 'pinia'
import { computed, ref, shallowReactive, shallowRef } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import { type MemoryEstimate, memoryEstimate } from '@shared/model/memory'
import { trainingPlan } from '@shared/experiment/plan'
import { unsupported } from '@shared/experiment/unsupported'
import { parameterCount } from '@shared/model/weights'
import type { Dataset, Run } from '@shared/rpc/schemas'
import { beyondForm } from '../features/experiment/beyond-form'
import { type Draft, draftOf, optimizerDefaults } from '../features/experiment/draft'
import { experimentText, parseExperiment } from '../features/experiment/experiment-file'
import { type History, useHistory } from '../features/experiment/history'
import { checkDraft, type FieldErrors, fieldOf } from '../features/experiment/validation'
import { useDatasets } from './datasets'
import { useRuns } from './runs'

/** The form of model and training: one draft with its history a dataset, checked as it changes. */
export const useExperiment = defineStore('experiment', () => {
  const datasets = useDatasets()
  const runs = useRuns()
  const histories = shallowReactive(new Map<string, History<Draft>>())
  const datasetId = ref<string | null>(null)
  const starting = ref(false)
  /** Why the last start was refused. */
  const startError = shallowRef<ErrorEnvelope | null>(null)

  const dataset = computed<Dataset | null>(() => datasets.byId(datasetId.value))
  const history = computed(() => datasetId.value === null ? undefined : histories.get(datasetId.value))
  const draft = computed<Draft | null>(() => history.value?.present.value ?? null)
  const canUndo = computed(() => history.value?.canUndo.value ?? false)
  const canRedo = computed(() => history.value?.canRedo.value ?? false)
  const trainCount = computed(() => datasetId.value === null ? null : datasets.details.get(datasetId.value)?.split.find(({ part }) => part === 'train')?.count ?? null)
  const checked = computed(() => draft.value && dataset.value ? checkDraft(draft.value, dataset.value.experiment, trainCount.value) : null)
  const errors = computed<FieldErrors>(() => {
    const refused = startError.value?.where?.parameter
    const field = refused === undefined ? null : fieldOf(refused)
    return { ...(field && startError.value ? { [field]: startError.value.message } : {}), ...checked.value?.errors }
  })
  const experiment = computed(() => checked.value?.experiment ?? null)

  /** The model's numbers as far as the form's own are; hidden size alone decides the parameters. */
  const parameters = computed(() => {
    const size = draft.value?.hiddenSize ?? null
    if (!dataset.value || size === null || !Number.isInteger(size) || size < 1) return null
    return parameterCount({ ...dataset.value.experiment.model, cell: 'rnn', hiddenSize: size }, dataset.value.inputSize, dataset.value.outputSize)
  })
  const plan = computed(() => experiment.value && trainCount.value !== null ? trainingPlan(experiment.value, trainCount.value) : null)
  const memory = computed<MemoryEstimate | null>(() => experiment.value && dataset.value && plan.value
    ? memoryEstimate(experiment.value, dataset.value.inputSize, dataset.value.outputSize, plan.value.steps) : null)

  /** Shows the draft of a dataset, made from the dataset's defaults at first. */
  async function open(id: string): Promise<void> {
    datasetId.value = id
    startError.value = null
    const details = await datasets.open(id)
    const found = details?.dataset ?? datasets.byId(id)
    if (found && !histories.has(id)) histories.set(id, useHistory(draftOf(found.experiment)))
  }

  function change<K extends keyof Draft>(field: K, value: Draft[K]): void {
    if (!draft.value || Object.is(draft.value[field], value)) return
    startError.value = null
    const next = { ...draft.value, [field]: value }
    // The two optimizers need rates of different size: the other one's defaults come with it.
    if (field === 'optimizer') Object.assign(next, optimizerDefaults[value as Draft['optimizer']])
    history.value?.set(next, field)
  }

  const undo = () => history.value?.undo()
  const redo = () => history.value?.redo()
  function reset(): void {
    startError.value = null
    if (dataset.value) history.value?.set(draftOf(dataset.value.experiment))
  }

  /** Takes model, training, name and device from an experiment file; the data stay this dataset's. @throws UnrollError */
  function load(text: string, file: string): void {
    const read = parseExperiment(text, file)
    // The data's own part isn't taken over, so it can't be what isn't built yet.
    const notBuilt = unsupported(read).filter(({ path }) => !path.startsWith('data.') && !path.startsWith('task.'))
    const refused = [...notBuilt, ...(dataset.value ? beyondForm(read, dataset.value.experiment) : [])]
    if (refused[0]) {
      throw new UnrollError('experiment.unsupported', `${file}: ${refused.map(({ message }) => message).join(' ')}`, {
        hint: 'Train the file from the command line, change these keys in it, or set the form by hand.', where: { file, parameter: refused[0].path },
      })
    }
    startError.value = null
    history.value?.set(draftOf(read))
  }

  /** The experiment file as it stands; null while a field is at fault. */
  const text = computed(() => experiment.value && experimentText(experiment.value))

  /** Starts training. Null when a field is at fault or the start was refused; `startError` then says why. */
  async function train(): Promise<Run | null> {
    if (!experiment.value || datasetId.value === null || starting.value) return null
    starting.value = true
    startError.value = null
    try {
      return await runs.start(datasetId.value, experiment.value)
    } catch (reason) {
      startError.value = UnrollError.from(reason).toJSON()
      return null
    } finally {
      starting.value = false
    }
  }

  return { datasetId, dataset, draft, errors, checked, experiment, parameters, plan, memory, starting, startError, canUndo, canRedo, text, open, change, undo, redo, reset, load, train }
})
