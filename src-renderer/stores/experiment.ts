import { defineStore } from 'pinia'
import { computed, ref, shallowReactive, shallowRef } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import { type MemoryEstimate, memoryEstimate } from '@shared/model/memory'
import { trainingPlan } from '@shared/experiment/plan'
import { modelSchema } from '@shared/experiment/model-schema'
import type { Experiment } from '@shared/experiment/schema'
import { parameterCount } from '@shared/model/weights'
import type { Dataset, Run } from '@shared/rpc/schemas'
import { takeOver } from '../features/experiment/take-over'
import { type Draft, draftOf, optimizerDefaults, scheduleDefaults } from '../features/experiment/draft'
import { experimentText, parseExperiment } from '../features/experiment/experiment-file'
import { modelOf } from '../features/experiment/experiment-of'
import { type History, useHistory } from '../features/experiment/history'
import { checkDraft, type FieldErrors, fieldOf } from '../features/experiment/validation'
import { useDatasets } from './datasets'
import { useRuns } from './runs'

/** What is undone and redone: the fields, and the experiment that keeps what no field shows (the dataset's, or an opened file's). */
interface FormState { draft: Draft; base: Experiment }

const stateOf = (base: Experiment): FormState => ({ base, draft: draftOf(base) })

/** The form of model and training: one draft with its history a dataset, checked as it changes. */
export const useExperiment = defineStore('experiment', () => {
  const datasets = useDatasets()
  const runs = useRuns()
  const histories = shallowReactive(new Map<string, History<FormState>>())
  const datasetId = ref<string | null>(null)
  const starting = ref(false)
  /** Why the last start was refused. */
  const startError = shallowRef<ErrorEnvelope | null>(null)

  const dataset = computed<Dataset | null>(() => datasets.byId(datasetId.value))
  const history = computed(() => datasetId.value === null ? undefined : histories.get(datasetId.value))
  const draft = computed<Draft | null>(() => history.value?.present.value.draft ?? null)
  const base = computed<Experiment | null>(() => history.value?.present.value.base ?? null)
  const canUndo = computed(() => history.value?.canUndo.value ?? false)
  const canRedo = computed(() => history.value?.canRedo.value ?? false)
  const trainCount = computed(() => datasetId.value === null ? null : datasets.details.get(datasetId.value)?.split.find(({ part }) => part === 'train')?.count ?? null)
  const checked = computed(() => draft.value && base.value ? checkDraft(draft.value, base.value, trainCount.value) : null)
  const errors = computed<FieldErrors>(() => {
    const refused = startError.value?.where?.parameter
    const field = refused === undefined ? null : fieldOf(refused)
    return { ...(field && startError.value ? { [field]: startError.value.message } : {}), ...checked.value?.errors }
  })
  const experiment = computed(() => checked.value?.experiment ?? null)

  /** The model as far as its own fields are right, whatever the others are. */
  const model = computed(() => {
    const parsed = draft.value && base.value ? modelSchema.safeParse(modelOf(draft.value, base.value)) : null
    return parsed?.success ? parsed.data : null
  })
  const parameters = computed(() => dataset.value && model.value ? parameterCount(model.value, dataset.value.inputSize, dataset.value.outputSize, dataset.value.experiment.task.output) : null)
  const plan = computed(() => experiment.value && trainCount.value !== null ? trainingPlan(experiment.value, trainCount.value) : null)
  /** The lengths that batches are padded to, where sequences differ in length. */
  const paddedTo = computed(() => (datasetId.value === null ? null : datasets.details.get(datasetId.value)?.padding?.bounds.flat() ?? null))
  const memory = computed<MemoryEstimate | null>(() => experiment.value && dataset.value && plan.value
    ? memoryEstimate(experiment.value, dataset.value.inputSize, dataset.value.outputSize, paddedTo.value ?? plan.value.steps) : null)

  /** Shows the draft of a dataset, made from the dataset's defaults at first. */
  async function open(id: string): Promise<void> {
    datasetId.value = id
    startError.value = null
    const details = await datasets.open(id)
    const found = details?.dataset ?? datasets.byId(id)
    if (found && !histories.has(id)) histories.set(id, useHistory(stateOf(found.experiment)))
    // The split may have been changed since; the fields stay.
    const kept = histories.get(id)?.present.value
    if (found && kept && JSON.stringify(kept.base.data) !== JSON.stringify(found.experiment.data)) histories.get(id)?.set({ ...kept, base: { ...kept.base, data: found.experiment.data } })
  }

  function change<K extends keyof Draft>(field: K, value: Draft[K]): void {
    if (!draft.value || !base.value || Object.is(draft.value[field], value)) return
    startError.value = null
    const next = { ...draft.value, [field]: value }
    // Optimizers need rates of different size: the new one's defaults come with it.
    if (field === 'optimizer') Object.assign(next, optimizerDefaults[value as Draft['optimizer']])
    if (field === 'schedule') Object.assign(next, scheduleDefaults[value as Draft['schedule']])
    history.value?.set({ draft: next, base: base.value }, field)
  }

  const undo = () => history.value?.undo()
  const redo = () => history.value?.redo()
  function reset(): void {
    startError.value = null
    if (dataset.value) history.value?.set(stateOf(dataset.value.experiment))
  }

  /**
   * Takes model, training, loss, name and device from an experiment file; the data and the outputs stay this dataset's.
   * What can't be combined then stands beside its field.
   * @returns what was not taken over, a sentence each
   * @throws UnrollError
   */
  function load(text: string, file: string): string[] {
    const { experiment: read, unknown } = parseExperiment(text, file)
    if (!dataset.value) return []
    const { experiment: taken, left } = takeOver(read, dataset.value.experiment)
    startError.value = null
    const state = stateOf(taken)
    // Where the epochs end before the steps do, the epochs are what counts.
    const limits = trainCount.value === null ? null : trainingPlan(taken, trainCount.value)
    if (limits && taken.training.epochs * limits.stepsPerEpoch < (taken.training.maxSteps ?? 0)) state.draft.length = 'epochs'
    history.value?.set(state)
    return [...unknown.map((key) => `${key} is no key of this version and was left out.`), ...left]
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

  return { datasetId, dataset, draft, errors, checked, experiment, base, model, parameters, plan, memory, starting, startError, canUndo, canRedo, text, open, change, undo, redo, reset, load, train }
})
