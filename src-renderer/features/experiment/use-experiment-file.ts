import { shallowRef } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import { fileNameOf, saveFile } from '../../shell/save-file'
import { useToasts } from '../../shell/toasts'
import { useExperiment } from '../../stores/experiment'

/** Opens and saves the experiment file by the browser's own means; its text never leaves this window. */
export function useExperimentFile() {
  const form = useExperiment()
  const toasts = useToasts()
  const error = shallowRef<ErrorEnvelope | null>(null)

  function open(): void {
    const input = document.createElement('input')
    input.type = 'file'
    input.accept = '.json,application/json'
    input.addEventListener('change', () => {
      const file = input.files?.[0]
      if (file) void read(file)
    })
    input.click()
  }

  async function read(file: Pick<File, 'name' | 'text'>): Promise<void> {
    error.value = null
    try {
      const left = form.load(await file.text(), file.name)
      toasts.success(`Took model and training from ${file.name}.`, ['The data stay those of this dataset.', ...left].join(' '))
    } catch (reason) {
      error.value = UnrollError.from(reason).toJSON()
    }
  }

  function save(): void {
    if (form.text === null || !form.experiment) return
    saveFile(`${fileNameOf(form.experiment.name, 'experiment')}.json`, form.text, 'application/json')
  }

  return { error, open, read, save }
}
