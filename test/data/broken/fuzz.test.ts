import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { UnrollError } from '@shared/errors'
import type { Experiment, ExperimentInput } from '@shared/experiment/schema'
import { prepare } from '@main/data/prepare'
import { Random } from '@main/engine/random'
import { writeSafetensors } from '@main/formats/safetensors'
import { readTensors } from '@main/services/serve-data'
import { temporaryFolder } from '../../support/temporary-folder'
import { encodeFlac, encodeMp3Tone, encodeWav } from '../audio/encode'
import { experimentOn } from '../support'
import { bytesOf, npy, zip } from './zip'

/** Mutations of each good file; `UNROLL_FUZZ=2000` looks harder, `UNROLL_FUZZ_SEED` elsewhere. */
const rounds = Number(process.env['UNROLL_FUZZ'] ?? 120)
const seed = Number(process.env['UNROLL_FUZZ_SEED'] ?? 1)
const mostMs = 10_000

const lastStep: Experiment['task'] = { output: 'last-step', loss: 'cross-entropy' }
const tone = Float32Array.from({ length: 2500 }, (_, n) => 0.4 * Math.sin(n / 4))
const x = new Float32Array(60).map((_, at) => Math.sin(at))
const y = Int32Array.from({ length: 10 }, (_, at) => at % 2)

/** A good file of each reader, what else lies beside it, and how it is imported. */
const seeds: [name: string, path: string, good: () => Uint8Array, data: ExperimentInput['data'], task: Experiment['task'], beside?: (folder: string) => void][] = [
  ['text', 'a.txt', () => Buffer.from('The whale, the whale! «Güte», 日本.\r\n'.repeat(20)), { kind: 'text', source: 'a.txt' }, { output: 'every-step', loss: 'cross-entropy' }],
  ['text by words', 'a.txt', () => Buffer.from('\ufeffone two, three\n'.repeat(40)), { kind: 'text', source: 'a.txt', unit: 'word' }, { output: 'every-step', loss: 'cross-entropy' }],
  ['series', 'a.csv', () => Buffer.from(`time,"a b",c\n${Array.from({ length: 60 }, (_, at) => `2020-01-${at % 28 + 1},${at / 3},"${at % 7}"`).join('\n')}\n`), { kind: 'series', source: 'a.csv', columns: ['a b'], target: ['c'], time: 'time' }, { output: 'every-step', loss: 'mse' }],
  ['records, CSV', 'a.csv', () => Buffer.from(`s,c\n${Array.from({ length: 40 }, (_, at) => `"w${at}, x",${at % 3}`).join('\r\n')}\n`), { kind: 'records', source: 'a.csv', sequence: 's', label: 'c' }, lastStep],
  ['records, JSON Lines', 'a.jsonl', () => Buffer.from(Array.from({ length: 40 }, (_, at) => JSON.stringify({ s: `w\u00e9${at}`, c: at % 3 })).join('\n')), { kind: 'records', source: 'a.jsonl', sequence: 's', label: 'c' }, lastStep],
  ['Parquet, series', 'a.parquet', () => new Uint8Array(parquetWriteBuffer({ rowGroupSize: 25, columnData: [{ name: 'a', data: Array.from({ length: 60 }, (_, at) => (at % 9 === 8 ? at : at / 3)), type: 'DOUBLE' }, { name: 'c', data: Array.from({ length: 60 }, (_, at) => at % 7), type: 'INT32', encoding: 'RLE_DICTIONARY' }, { name: 'time', data: Array.from({ length: 60 }, (_, at) => new Date(86_400_000 * at)), type: 'TIMESTAMP' }] })), { kind: 'series', source: 'a.parquet', columns: ['a'], target: ['c'], time: 'time' }, { output: 'every-step', loss: 'mse' }],
  ['Parquet, records', 'a.parquet', () => new Uint8Array(parquetWriteBuffer({ codec: 'UNCOMPRESSED', columnData: [{ name: 's', data: Array.from({ length: 40 }, (_, at) => `w${at}, é`), type: 'STRING', encoding: 'DELTA_BYTE_ARRAY' }, { name: 'c', data: Array.from({ length: 40 }, (_, at) => (at % 11 === 10 ? null : `c${at % 3}`)), type: 'STRING' }] })), { kind: 'records', source: 'a.parquet', sequence: 's', label: 'c', faulty: 'leave-out' }, lastStep],
  ['safetensors', 'a.safetensors', () => writeSafetensors({ x: { dtype: 'F32', shape: [10, 3, 2], data: x }, y: { dtype: 'I32', shape: [10], data: y } }), { kind: 'tensors', source: 'a.safetensors' }, lastStep],
  ['npz', 'a.npz', () => zip([{ name: 'x.npy', content: npy(`'<f4'`, '(10, 3, 2)', bytesOf(x)) }, { name: 'y.npy', content: npy(`'<i4'`, '(10,)', bytesOf(y)), store: true }]), { kind: 'tensors', source: 'a.npz' }, lastStep],
  ...([['WAV', '.wav', () => encodeWav(tone)], ['WAV of 24 bits', '.wav', () => encodeWav(tone, { bits: 24, channels: 2, extensible: true, extra: Uint8Array.of(1, 2, 3) })], ['FLAC', '.flac', () => encodeFlac(tone)], ['MP3', '.mp3', () => encodeMp3Tone(8, 9)]] as const)
    .map(([name, ending, good]): (typeof seeds)[number] => [name, `f/a/fuzzed${ending}`, good, { kind: 'audio', source: 'f' }, lastStep, (folder) => {
      for (const label of ['a', 'b']) for (let at = 0; at < 3; at++) put(folder, `f/${label}/${at}.wav`, encodeWav(tone.subarray(0, 400 + at)))
    }]),
  ['audio labels', 'f/labels.csv', () => Buffer.from('file,label\na.wav,x\nb.wav,y\nc.wav,x\nd.wav,y\n'), { kind: 'audio', source: 'f', labels: 'labels.csv' }, lastStep, (folder) => { for (const name of ['a', 'b', 'c', 'd']) put(folder, `f/${name}.wav`, encodeWav(tone.subarray(0, 300 + name.charCodeAt(0)))) }],
]

function put(folder: string, name: string, bytes: Uint8Array): void {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
}

/** What files suffer: bits flipped, cut, grown, doubled, swapped; and numbers where lengths stand. */
function mutated(good: Uint8Array, random: Random): Uint8Array {
  let bytes = Uint8Array.from(good)
  for (let times = 1 + random.below(4); times > 0 && bytes.length > 0; times--) {
    const [at, other] = [random.below(bytes.length), random.below(bytes.length)]
    const [from, to] = [Math.min(at, other), Math.max(at, other)]
    switch (random.below(9)) {
      case 0: bytes[at] = bytes[at]! ^ (1 << random.below(8)); break
      case 1: bytes[at] = [0, 0xff, 0x80, 0x22, 0x0a, 0x0d, 0x2c, 0x7f][random.below(8)]!; break
      case 2: bytes = bytes.slice(0, at); break
      case 3: bytes = bytes.slice(at); break
      case 4: bytes = joined(bytes.slice(0, from), bytes.slice(to)); break
      case 5: bytes = joined(bytes, bytes.slice(from, to)); break
      case 6: bytes = joined(bytes.slice(0, at), Uint8Array.from({ length: 1 + random.below(40) }, () => random.below(256)), bytes.slice(at)); break
      case 7: new DataView(bytes.buffer).setUint32(Math.min(at, Math.max(0, bytes.length - 4)), [0, 1, 0xffffffff, 0x7fffffff, 0x80000000, bytes.length][random.below(6)]!, true); break
      default: bytes = joined(bytes.slice(0, from), Uint8Array.from(bytes.slice(from, to)).reverse(), bytes.slice(to)); break
    }
    if (bytes.length < 4) break
  }
  return bytes
}

const joined = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.concat(parts))

describe(`${rounds} mutations of a good file, seed ${seed}`, () => {
  test.each(seeds)('%s', async (_name, path, good, data, task, beside) => {
    const folder = temporaryFolder()
    beside?.(folder)
    const experiment = experimentOn(data, { task })
    put(folder, path, good())
    expect((await prepare(experiment, folder, readTensors)).length).toBeGreaterThan(0)
    const random = new Random(seed, path.length)
    let refused = 0
    for (let round = 0; round < rounds; round++) {
      const bytes = mutated(good(), random)
      put(folder, path, bytes)
      const started = performance.now()
      try {
        await prepare(experiment, folder, readTensors)
      } catch (error) {
        refused++
        const where = `round ${round}: ${error instanceof Error ? error.stack : String(error)}`
        expect(error, where).toBeInstanceOf(UnrollError)
        const { code, message, exitCode } = error as UnrollError
        expect([exitCode, code.startsWith('internal.')], where).toEqual([1, false])
        expect(message, where).toMatch(/^\S[^\n]*$/)
        expect(message.length, where).toBeLessThan(1500)
      }
      expect(performance.now() - started, `round ${round}`).toBeLessThan(mostMs)
    }
    // Mutations that never hurt would test nothing.
    expect(refused).toBeGreaterThan(rounds / 20)
  }, 300_000)
})
