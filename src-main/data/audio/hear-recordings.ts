import { basename } from 'node:path'
import { createHash } from 'node:crypto'
import { UnrollError } from '@shared/errors'
import { throwIfCancelled } from '../files'
import type { ReadOptions } from '../prepared-dataset'
import { FeatureExtractor, type FeatureSettings, type Features } from './features'
import type { Recording } from './list-recordings'
import type { AudioSpec } from './prepare-audio'
import { Kept } from './kept'
import { openSound, type SoundFile } from './read-sound'
import { resample } from './resample'

/** What of a recording is kept: its features, and what tells whether another is the same. */
export interface Heard extends Recording {
  features: Features
  seconds: number
  /** As in its file. */
  rate: number
  hash: string
}

/** Features worked out, by their files' contents and the settings. */
const known = new Kept<Omit<Heard, keyof Recording>>(256 * 1024 * 1024)

export interface LeftOut { name: string; reason: string }

/** Speech is told by what lies below 8 kHz. */
const mostUsualRate = 16_000

/**
 * Reads every recording and keeps its features.
 * @returns also the recordings that were left out, where the experiment allows it, and why
 * @throws UnrollError `dataset.audio` of the first one that can't be read; `experiment.data`, `import.cancelled`
 */
export async function hearRecordings(recordings: readonly Recording[], spec: AudioSpec, options: ReadOptions = {}): Promise<{ heard: Heard[]; leftOut: LeftOut[]; extractor: FeatureExtractor; settings: FeatureSettings }> {
  const heard: Heard[] = []
  const leftOut: LeftOut[] = []
  const totalBytes = recordings.reduce((sum, { bytes }) => sum + bytes, 0)
  let bytes = 0
  let settings: FeatureSettings | null = null
  let extractor: FeatureExtractor | null = null
  for (const recording of recordings) {
    throwIfCancelled(options.signal)
    try {
      const file = await openSound(recording.path, options)
      settings ??= settingsOf(spec, (await file.decode()).rate)
      extractor ??= new FeatureExtractor(settings)
      heard.push({ ...recording, ...await hear(file, extractor, settings) })
    } catch (error) {
      if (spec.faulty === 'refuse' || !(error instanceof UnrollError) || !/^(dataset|file)\./.test(error.code)) throw error
      leftOut.push({ name: recording.name, reason: error.message })
    }
    bytes += recording.bytes
    options.onProgress?.({ bytes, totalBytes, rows: heard.length })
  }
  if (settings === null || extractor === null) {
    const [first] = recordings
    throw new UnrollError('dataset.empty', `None of the ${recordings.length} recordings could be read; of the first: ${leftOut[0]?.reason ?? ''}`, { hint: 'Convert them to WAV.', where: { file: first?.path } })
  }
  return { heard, leftOut, extractor, settings }
}

async function hear(file: SoundFile, extractor: FeatureExtractor, settings: FeatureSettings): Promise<Omit<Heard, keyof Recording>> {
  const key = `${file.key} ${JSON.stringify(settings)}`
  const before = known.get(key)
  if (before !== null) return before
  const { samples, rate } = await file.decode()
  const features = extractor.of(resample(samples, rate, settings.rate))
  const hash = createHash('sha256').update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)).digest('hex')
  const heard = { features, seconds: samples.length / rate, rate, hash }
  known.put(key, heard, features.values.byteLength)
  return heard
}

/** @throws UnrollError `experiment.data` when frames, bands and rate don't go together */
export function settingsOf(spec: AudioSpec, usualRate: number): FeatureSettings {
  const rate = spec.sampleRate ?? Math.min(usualRate, mostUsualRate)
  const highest = spec.highest ?? rate / 2
  const wrong = (parameter: string, message: string, hint: string) => new UnrollError('experiment.data', message, { hint, where: { parameter } })
  if (highest > rate / 2) throw wrong('data.highest', `data.highest is ${highest} Hz, but ${rate} samples a second carry up to ${rate / 2} Hz.`, 'Lower data.highest, or leave it out.')
  if (spec.lowest >= highest) throw wrong('data.lowest', `data.lowest is ${spec.lowest} Hz, which isn't below the highest frequency, ${highest} Hz.`, 'Lower data.lowest.')
  if (spec.features === 'mfcc' && spec.coefficients > spec.bands) throw wrong('data.coefficients', `data.coefficients is ${spec.coefficients}, but ${spec.bands} bands give at most as many.`, 'Lower data.coefficients, or raise data.bands.')
  if (spec.frame * rate < 2) throw wrong('data.frame', `data.frame is ${spec.frame} s, less than two samples at ${rate} samples a second.`, 'Make the frames longer; 0.025 is usual.')
  return { features: spec.features, rate, frame: spec.frame, hop: spec.hop, bands: spec.bands, lowest: spec.lowest, highest, coefficients: spec.coefficients }
}

/** "3 of the 480 recordings can't be read and are left out, such as …" */
export function leftOutInWords(leftOut: readonly LeftOut[], all: number): string[] {
  const [first] = leftOut
  return first === undefined ? [] : [`${leftOut.length.toLocaleString('en')} of the ${all.toLocaleString('en')} recordings can't be read and ${leftOut.length === 1 ? 'is' : 'are'} left out; ${basename(first.name)}: ${first.reason}`]
}
