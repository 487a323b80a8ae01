import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { EventPayload } from '@shared/rpc/contract'
import type { Dataset, FileToken, ImportOptions, Preview } from '@shared/rpc/schemas'
import type { Dropped } from '../rpc/dropped'
import type { HandedOver } from '../rpc/host'
import { register } from '../rpc/register'
import { useHost } from '../rpc/use-host'
import { useDatasets } from './datasets'
import { changed, fresh, likeliest, optionsOf, type ImportKind, type OptionChange } from './import-options'

/** receiving: the file is on its way to the main side; reading: its preview is made; importing: it becomes a dataset. */
export type ImportPhase = 'idle' | 'receiving' | 'reading' | 'ready' | 'importing'

/**
 * One import from file to dataset. Every change of an option asks for a new preview; the answer to an older question is
 * dropped. An error keeps the form, so that the option at fault can be corrected.
 */
export const useImport = defineStore('import', () => {
  const host = useHost()
  const { rpc } = host
  const datasets = useDatasets()
  const phase = ref<ImportPhase>('idle')
  const file = shallowRef<FileToken | null>(null)
  const fileName = ref('')
  const name = ref('')
  const preview = shallowRef<Preview | null>(null)
  /** What the user set; null while everything is guessed. */
  const options = shallowRef<ImportOptions | null>(null)
  const error = shallowRef<ErrorEnvelope | null>(null)
  const received = shallowRef<HandedOver | null>(null)
  const progress = shallowRef<EventPayload<'import.progress'> | null>(null)
  let turn = 0
  let upload: AbortController | null = null

  /** The options an import would be made with: those of the preview, which holds every guess. */
  const resolved = computed<ImportOptions | null>(() => preview.value === null ? options.value : optionsOf(preview.value, options.value))
  const kind = computed(() => resolved.value?.kind ?? null)
  /** Something is on the import's page: a file, or the reason why there is none. */
  const begun = computed(() => phase.value !== 'idle' || error.value !== null)
  const busy = computed(() => phase.value === 'receiving' || phase.value === 'reading' || phase.value === 'importing')
  const canImport = computed(() => phase.value === 'ready' && error.value === null && preview.value !== null && !(preview.value.kind === 'tensors' && preview.value.problem !== null) && name.value.trim() !== '')

  rpc.on('import.progress', (payload) => { if (busy.value) progress.value = payload })

  function clear(): void {
    turn++
    phase.value = 'idle'
    file.value = preview.value = options.value = error.value = progress.value = received.value = null
    fileName.value = name.value = ''
  }

  /** Asks the host for a file, or for a folder; nothing changes when its dialog is dismissed. */
  const pick = () => ask((onProgress, signal) => host.pickFile('Open a text, a table, records or arrays', onProgress, signal))
  const pickFolder = () => ask((onProgress, signal) => host.pickFolder('Open a folder of texts or recordings', onProgress, signal))

  async function ask(dialog: (onProgress: (handed: HandedOver) => void, signal: AbortSignal) => Promise<FileToken | null>): Promise<void> {
    let mine = turn
    const sending = new AbortController()
    const onProgress = (handed: HandedOver) => {
      // The first news of the chosen file: from here on it takes the place of what was shown.
      if (mine === turn && phase.value !== 'receiving') {
        clear()
        mine = turn
        phase.value = 'receiving'
        upload = sending
      }
      if (mine === turn) received.value = handed
    }
    try {
      const token = await dialog(onProgress, sending.signal)
      if (token && mine === turn) await begin(token)
    } catch (reason) {
      if (mine !== turn) return
      clear()
      fail(reason)
    }
  }

  /** Takes what was dropped: a file, or several as a folder. */
  const take = (dropped: Dropped): Promise<void> => receive(dropped.kind === 'file' ? dropped.file.name : dropped.name, (onProgress, signal) => register(host, dropped, onProgress, signal))
  /** Takes pasted text, as a table where each line has a tab. */
  const paste = (text: string): Promise<void> => {
    const lines = text.trimEnd().split('\n')
    const name = lines.length > 1 && lines.every((line) => line.includes('\t')) ? 'pasted.tsv' : 'pasted.txt'
    return receive(name, () => rpc.call('files.fromText', { name, text }))
  }

  async function receive(named: string, handOver: (onProgress: (handed: HandedOver) => void, signal: AbortSignal) => Promise<FileToken>): Promise<void> {
    if (phase.value !== 'idle') await cancel()
    clear()
    const mine = turn
    phase.value = 'receiving'
    fileName.value = named
    upload = new AbortController()
    try {
      const token = await handOver((handed) => { if (mine === turn) received.value = handed }, upload.signal)
      if (mine === turn) await begin(token)
    } catch (reason) {
      if (mine !== turn) return
      phase.value = 'idle'
      fail(reason)
    }
  }

  function begin(token: FileToken): Promise<void> {
    clear()
    file.value = token
    fileName.value = token.name
    name.value = token.folder ? token.name : token.name.replace(/\.[^.]+$/, '') || token.name
    return read(null)
  }

  async function read(chosen: ImportOptions | null): Promise<void> {
    if (!file.value) return
    const overtaken = phase.value === 'reading'
    const mine = ++turn
    options.value = chosen
    error.value = null
    progress.value = null
    phase.value = 'reading'
    try {
      if (overtaken) await rpc.call('datasets.cancel')
      const found = await rpc.call('datasets.preview', { file: file.value.token, options: chosen })
      if (mine === turn) preview.value = found
    } catch (reason) {
      if (mine === turn) {
        fail(reason)
        if (chosen !== null && preview.value?.kind !== chosen.kind) preview.value = null
        // What can't be guessed can be set: the form of the likeliest kind comes with the error.
        if (chosen === null && UnrollError.from(reason).code.startsWith('dataset.')) options.value = likeliest(file.value)
      }
    }
    if (mine === turn) phase.value = 'ready'
  }

  /** Sets options, all others keeping their guessed or chosen values, and reads again. */
  const setOptions = (change: OptionChange): Promise<void> => read(changed(resolved.value ?? fresh('series'), change))
  const setKind = (next: ImportKind): Promise<void> => read(fresh(next))

  /** Imports as previewed. Null when it failed or was cancelled. */
  async function confirm(): Promise<Dataset | null> {
    if (!canImport.value || !file.value || !resolved.value) return null
    const mine = ++turn
    phase.value = 'importing'
    progress.value = null
    try {
      const dataset = await rpc.call('datasets.import', { file: file.value.token, name: name.value.trim(), options: resolved.value })
      datasets.put(dataset)
      if (mine === turn) clear()
      return dataset
    } catch (reason) {
      if (mine === turn) {
        phase.value = 'ready'
        fail(reason)
      }
      return null
    }
  }

  /** Gives up what is under way. An import goes back to its form; anything earlier ends. */
  async function cancel(): Promise<void> {
    const was = phase.value
    turn++
    upload?.abort()
    upload = null
    if (was === 'importing') phase.value = 'ready'
    else clear()
    if (was === 'reading' || was === 'importing') await rpc.call('datasets.cancel').catch(fail)
  }

  function fail(reason: unknown): void {
    error.value = UnrollError.from(reason).toJSON()
  }

  return {
    phase, file, fileName, name, preview, options, resolved, kind, error, received, progress, begun, busy, canImport, pick, pickFolder, take, paste, setOptions, setKind, confirm, cancel, clear,
  }
})
