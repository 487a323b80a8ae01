import { throwIfCancelled } from '../files'
import type { ReadOptions } from '../prepared-dataset'
import { FeatureExtractor } from './features'
import { settingsOf, type LeftOut } from './hear-recordings'
import { listRecordings } from './list-recordings'
import { suggestGroup } from './name-pattern'
import type { AudioSpec } from './prepare-audio'
import { readSound } from './read-sound'
import { resample } from './resample'
import { writeWav } from './wav'

/** Recordings looked into; folders may have many more. */
const mostLookedInto = 2000
const shownExamples = 8

/** What an import of a folder of recordings would give. */
export interface AudioPreview {
  kind: 'audio'
  recordings: number
  classes: { name: string; count: number }[]
  /** Of the first 2,000 recordings, which `lookedInto` counts. */
  lookedInto: number
  seconds: { total: number; shortest: number; longest: number }
  /** Sample rates and formats, the most frequent first. */
  rates: { rate: number; count: number }[]
  formats: { format: string; count: number }[]
  /** The rate all are brought to, and what a frame is. */
  rate: number
  width: number
  bands: string[]
  examples: AudioExample[]
  leftOut: LeftOut[]
  /** Groups by `data.group`, or what file names suggest; null: neither. */
  groups: { names: { name: string; count: number }[] } | null
  suggestion: { pattern: string; groups: number; example: string } | null
}

export interface AudioExample {
  name: string
  label: string
  seconds: number
  /** As in its file. */
  rate: number
  /** Features as the network gets them, before scaling, [frames, width]. */
  frames: number
  values: Float32Array
  /** A WAV file of one channel at the common rate, for playback. */
  wav: Uint8Array<ArrayBuffer>
}

/**
 * Lists a folder and looks into its recordings: lengths, rates, and the spectrograms of the first of each class. What can't be
 * read is told in `leftOut`, whatever the import will do about it.
 * @throws UnrollError `dataset.empty`, `experiment.data`, `file.*`, `import.cancelled`
 */
export async function previewAudio(path: string, spec: AudioSpec, options: ReadOptions = {}): Promise<AudioPreview> {
  const recordings = await listRecordings(path, spec, options)
  const looked = recordings.slice(0, mostLookedInto)
  const totalBytes = looked.reduce((sum, { bytes }) => sum + bytes, 0)
  const [rates, formats] = [new Map<number, number>(), new Map<string, number>()]
  const seconds = { total: 0, shortest: Infinity, longest: 0 }
  const examples: AudioExample[] = []
  const leftOut: LeftOut[] = []
  const shown = firstOfEach(recordings)
  let settings = null as ReturnType<typeof settingsOf> | null
  let extractor: FeatureExtractor | null = null
  let [bytes, done] = [0, 0]
  for (const recording of looked) {
    throwIfCancelled(options.signal)
    bytes += recording.bytes
    const sound = await readSound(recording.path, options).catch((error: unknown) => {
      throwIfCancelled(options.signal)
      leftOut.push({ name: recording.name, reason: error instanceof Error ? error.message : String(error) })
      return null
    })
    options.onProgress?.({ bytes, totalBytes, rows: ++done })
    if (sound === null) continue
    settings ??= settingsOf(spec, sound.rate)
    extractor ??= new FeatureExtractor(settings)
    const length = sound.samples.length / sound.rate
    seconds.total += length
    seconds.shortest = Math.min(seconds.shortest, length)
    seconds.longest = Math.max(seconds.longest, length)
    rates.set(sound.rate, (rates.get(sound.rate) ?? 0) + 1)
    formats.set(sound.format, (formats.get(sound.format) ?? 0) + 1)
    if (!shown.has(recording)) continue
    const samples = resample(sound.samples, sound.rate, settings.rate)
    const { frames, values } = extractor.of(samples)
    examples.push({ name: recording.name, label: recording.label, seconds: length, rate: sound.rate, frames, values, wav: writeWav(samples, settings.rate) })
  }
  const grouped = spec.group === undefined ? null : counted(recordings.map(({ group }) => group ?? ''))
  return {
    kind: 'audio', recordings: recordings.length, classes: counted(recordings.map(({ label }) => label)).sort((a, b) => (a.name < b.name ? -1 : 1)),
    lookedInto: looked.length - leftOut.length, seconds: { ...seconds, shortest: Number.isFinite(seconds.shortest) ? seconds.shortest : 0 },
    rates: [...rates].sort((a, b) => b[1] - a[1]).map(([rate, count]) => ({ rate, count })), formats: [...formats].sort((a, b) => b[1] - a[1]).map(([format, count]) => ({ format, count })),
    rate: settings?.rate ?? 0, width: extractor?.width ?? 0, bands: extractor?.names ?? [], examples, leftOut,
    groups: grouped && { names: grouped }, suggestion: spec.group === undefined ? suggestGroup(recordings) : null,
  }
}

/** One recording of each of the first classes. */
function firstOfEach<R extends { label: string }>(recordings: readonly R[]): Set<R> {
  const first = new Map<string, R>()
  for (const recording of recordings) if (first.size < shownExamples && !first.has(recording.label)) first.set(recording.label, recording)
  return new Set(first.values())
}

function counted(names: readonly string[]): { name: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => ({ name, count }))
}
