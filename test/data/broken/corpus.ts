import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { deflateRawSync, gzipSync } from 'node:zlib'
import type { Experiment, ExperimentInput } from '@shared/experiment/schema'
import { writeSafetensors, type SafetensorsTensor } from '@main/formats/safetensors'
import { encodeFlac, encodeMp3Tone, encodeWav } from '../audio/encode'
import { parquetFile } from './parquet-file'
import { bytesOf, npy, zip } from './zip'

type Data = ExperimentInput['data']

/** A file that something is wrong with: how it is made, how it is imported, and what must be said of it. */
export interface Broken {
  reader: 'text' | 'series' | 'records' | 'tensors' | 'audio'
  name: string
  /** Writes it into a folder of its own. */
  make(folder: string): void
  data: Data
  task: Experiment['task']
  /** Code of the error, and what its sentence must say. */
  code: RegExp
  says: RegExp
  /** Line that the error must name. */
  line?: number
}

const everyStep: Experiment['task'] = { output: 'every-step', loss: 'cross-entropy' }
const lastStep: Experiment['task'] = { output: 'last-step', loss: 'cross-entropy' }
const regression: Experiment['task'] = { output: 'every-step', loss: 'mse' }

function put(folder: string, name: string, content: string | Uint8Array): void {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

const file = (reader: Broken['reader'], data: (source: string) => Data, task: Experiment['task'], ending: string) =>
  (name: string, content: string | Uint8Array | (() => string | Uint8Array), code: RegExp, says: RegExp, line?: number): Broken => ({
    reader, name, data: data(`file${ending}`), task, code, says, ...(line === undefined ? {} : { line }),
    make: (folder) => put(folder, `file${ending}`, typeof content === 'function' ? content() : content),
  })
const place = (reader: Broken['reader'], data: Data, task: Experiment['task']) => (name: string, make: (folder: string) => void, code: RegExp, says: RegExp): Broken => ({ reader, name, data, task, make, code, says })

/** What is wrong with any file, whichever reader gets it. */
const readersOf: [Broken['reader'], name: string, Data, Experiment['task']][] = [['text', 'file.txt', { kind: 'text', source: 'file.txt' }, everyStep], ['series', 'file.csv', { kind: 'series', source: 'file.csv', columns: ['a'], target: ['a'] }, regression], ['records', 'file.jsonl', { kind: 'records', source: 'file.jsonl', sequence: 'a', label: 'b' }, lastStep], ['tensors', 'file.npz', { kind: 'tensors', source: 'file.npz' }, lastStep], ['audio', 'folder', { kind: 'audio', source: 'folder' }, lastStep]]
const anywhere: Broken[] = readersOf.flatMap(([reader, name, data, task]) => {
  const at = place(reader, data, task)
  return [
    at(`${reader}: not there`, () => undefined, /^file\.not-found$/, /There is no file/),
    at(`${reader}: a link that leads to itself`, (folder) => symlinkSync(join(folder, name), join(folder, name)), /^file\./, /links? .*itself|round/),
    ...(reader === 'audio' ? [] : [
      at(`${reader}: a pipe, which never ends`, (folder) => { execFileSync('/usr/bin/mkfifo', [join(folder, name)]) }, /^file\.not-a-file$/, /isn't a file|a file was expected/),
      at(`${reader}: a folder where a file was named`, (folder) => mkdirSync(join(folder, name)), /^(file\.not-a-file|dataset\.empty)$/, /is a folder|no \.txt|no .*text/),
    ]),
  ]
})

const text = file('text', (source) => ({ kind: 'text', source }), everyStep, '.txt')
const utf8 = file('text', (source) => ({ kind: 'text', source, encoding: 'utf-8' }) as Data, everyStep, '.txt')
const texts: Broken[] = [
  text('empty text', '', /^dataset\.empty$/, /empty/),
  text('a byte order mark alone', '\ufeff', /^dataset\.empty$/, /empty/),
  text('text of one character', 'a', /^dataset\.too-short$/, /predicting the next one takes at least 2|too short|leaves/),
  utf8('text with a byte that is no UTF-8', Buffer.concat([Buffer.from('one\ntwo '), Buffer.of(0xff), Buffer.from(' three\n'.repeat(50))]), /^dataset\.not-utf8$/, /line 2/, 2),
  utf8('text cut off within a character', Buffer.from('caf\u00e9'.repeat(30)).subarray(0, -1), /^dataset\.not-utf8$/, /UTF-8/),
  utf8('text with overlong UTF-8', Buffer.concat([Buffer.from('ab'), Buffer.of(0xc0, 0xaf), Buffer.from('cd')]), /^dataset\.not-utf8$/, /UTF-8/),
  utf8('text with half a surrogate', Buffer.concat([Buffer.from('ab'), Buffer.of(0xed, 0xa0, 0x80)]), /^dataset\.not-utf8$/, /UTF-8/),
  text('a picture called text', Buffer.concat([Buffer.of(0x89), Buffer.from('PNG\r\n\u001a\n'), Buffer.of(0, 0, 0, 13), Buffer.from('IHDR'), Buffer.alloc(400)]), /^dataset\./, /text|NUL|binary|isn't UTF-8/),
  place('text', { kind: 'text', source: 'folder' }, everyStep)('a folder without texts', (folder) => mkdirSync(join(folder, 'folder')), /^(dataset\.empty|file\.)/, /no .*text|folder/),
]

const series = file('series', (source) => ({ kind: 'series', source, columns: ['a'], target: ['a'] }), regression, '.csv')
const rows = (cell: string, before = 5, after = 5) => `time,a\n${Array.from({ length: before + after + 1 }, (_, row) => `${row},${row === before ? cell : row / 2}`).join('\n')}\n`
const tables: Broken[] = [
  series('empty table', '', /^dataset\.empty$/, /empty/),
  series('a header alone', 'time,a\n', /^dataset\./, /no rows|only|rows/),
  series('blank lines alone', '\n\n\n\n', /^dataset\./, /empty|rows|column/),
  series('a row too short', 'time,a\n1,2\n3\n4,5\n', /^dataset\.ragged-row$/, /line 3/, 3),
  series('a row too long', 'time,a\n1,2\n3,4,5\n4,5\n', /^dataset\.ragged-row$/, /line 3/, 3),
  series('a quote that is never closed', `time,a\n1,"2\n${'3,4\n'.repeat(2000)}`, /^dataset\.csv-quote$/, /quot/),
  series('a quote within a cell', 'time,a\n1,2"3"\n4,5\n', /^dataset\./, /line 2|quot/),
  series('NaN in a column', rows('NaN'), /^dataset\./, /line 7/, 7),
  series('infinity in a column', rows('inf'), /^dataset\.not-finite$/, /line 7/, 7),
  series('a number beyond float32', rows('1e400'), /^dataset\.not-finite$/, /line 7/, 7),
  series('a number just beyond float32', rows('3.5e38'), /^dataset\.not-finite$/, /line 7/, 7),
  series('a missing value', rows(''), /^dataset\.missing-value$/, /line 7/, 7),
  series('a word in a column of numbers', rows('broken'), /^dataset\.not-a-number$/, /line 7/, 7),
  series('a decimal comma where commas separate', rows('"1,5"'), /^dataset\.not-a-number$/, /line 7/, 7),
  series('two columns of one name', 'a,a\n1,2\n3,4\n', /^dataset\.duplicate-column$/, /"a"/),
  series('no such column', 'time,b\n1,2\n3,4\n', /^dataset\.column-missing$/, /"a"/),
  series('a million columns', () => `${Array.from({ length: 1_000_000 }, (_, at) => `c${at}`).join(',')}\n${'1,'.repeat(999_999)}1\n`, /^dataset\./, /column|long|quote/),
  series('one line of ten million characters', () => `time,a\n1,${'9'.repeat(10_000_000)}\n`, /^dataset\./, /long|quote|float32|finite|characters/),
  series('a table in UTF-16, cut off within a character', Buffer.from('\ufefftime,a\n1,2\n3,4\n5,6\n', 'utf16le').subarray(0, -1), /^dataset\./, /UTF-16|UTF-8/),
  series('a table with a NUL byte', `time,a\n1,2\n3,\u00004\n`, /^dataset\./, /NUL|number|text/),
  series('a table cut off within its last row', 'time,a\n1,2\n3,4\n5', /^dataset\.ragged-row$/, /line 4/, 4),
  series('a table with two rows', 'time,a\n1,2\n', /^dataset\./, /row/),
]

const csv = file('records', (source) => ({ kind: 'records', source, sequence: 's', label: 'c', validation: 0, test: 0 }), lastStep, '.csv')
const jsonl = file('records', (source) => ({ kind: 'records', source, sequence: 's', label: 'c', validation: 0, test: 0 }), lastStep, '.jsonl')
const good = '{"s":"ab","c":"x"}\n{"s":"cd","c":"y"}\n'
const records: Broken[] = [
  csv('records: empty', '', /^dataset\.empty$/, /empty/),
  csv('records: an empty sequence', 's,c\nab,x\n,y\n', /^dataset\.empty-sequence$/, /line 3/, 3),
  csv('records: an empty class', 's,c\nab,x\ncd,\n', /^dataset\.empty-sequence$/, /line 3/, 3),
  csv('records: one class', 's,c\nab,x\ncd,x\n', /^dataset\.classes$/, /class "x"/),
  csv('records: a quote that is never closed', `s,c\n"ab,x\n${'cd,y\n'.repeat(1000)}`, /^dataset\./, /quot/),
  csv('records: no such column', 'a,b\nx,y\nz,w\n', /^dataset\.column-missing$/, /"s"/),
  csv('records: bytes that are no UTF-8, after many that are', () => Buffer.concat([Buffer.from(`s,c\n${'abé,x\ncd,y\n'.repeat(10_000)}`), Buffer.of(0xc3, 0x28), Buffer.from(',y\n')]), /^dataset\.not-utf8$/, /line 20002|line 20,002/, 20_002),
  jsonl('JSON Lines: cut off', `${good}{"s":"ef","c":`, /^dataset\.json$/, /line 3/, 3),
  jsonl('JSON Lines: single quotes', `${good}{'s':'ef','c':'x'}\n`, /^dataset\.json$/, /line 3/, 3),
  jsonl('JSON Lines: a list', `${good}["ef","x"]\n`, /^dataset\.json$/, /line 3/, 3),
  jsonl('JSON Lines: a number', `${good}42\n`, /^dataset\.json$/, /line 3/, 3),
  jsonl('JSON Lines: one document over many lines', '[\n  {"s": "ab", "c": "x"}\n]\n', /^dataset\.json$/, /line 1/, 1),
  jsonl('JSON Lines: a missing key', `${good}{"s":"ef"}\n`, /^dataset\.column-missing$/, /line 3/, 3),
  jsonl('JSON Lines: null', `${good}{"s":null,"c":"x"}\n`, /^dataset\.not-text$/, /line 3/, 3),
  jsonl('JSON Lines: an object for a class', `${good}{"s":"ef","c":{"x":1}}\n`, /^dataset\.not-text$/, /line 3/, 3),
  jsonl('JSON Lines: NaN', `${good}{"s":"ef","c":NaN}\n`, /^dataset\.json$/, /line 3/, 3),
  jsonl('JSON Lines: a hundred thousand brackets', `${good}${'['.repeat(100_000)}\n`, /^dataset\.json$/, /line 3/, 3),
  jsonl('JSON Lines: a line of twenty million characters, never closed', () => `${good}{"s":"${'a'.repeat(20_000_000)}\n`, /^dataset\.json$/, /line 3/, 3),
  jsonl('JSON Lines: bytes that are no UTF-8', Buffer.concat([Buffer.from(good), Buffer.of(0x7b, 0x22, 0xff), Buffer.from('":1}\n')]), /^dataset\.not-utf8$/, /line 3/, 3),
  jsonl('JSON Lines: blank lines alone', '\n\n  \n', /^dataset\.empty$/, /no records/),
  jsonl('JSON Lines: the key __proto__', '{"__proto__":{"s":"ab","c":"x"}}\n', /^dataset\.column-missing$/, /line 1/, 1),
  ...[
    place('records', { kind: 'records', source: 'folder' }, lastStep)('a folder without .txt files', (folder) => put(folder, 'folder/a.csv', 'x'), /^dataset\.empty$/, /no \.txt/),
    place('records', { kind: 'records', source: 'folder' }, lastStep)('a folder of empty files', (folder) => { put(folder, 'folder/a.txt', ''); put(folder, 'folder/b.txt', '\n') }, /^dataset\.empty$/, /no records/),
    place('records', { kind: 'records', source: 'folder' }, lastStep)('a folder with a link that leads to itself', (folder) => { put(folder, 'folder/a.txt', 'x\ny\n'); symlinkSync(join(folder, 'folder/b.txt'), join(folder, 'folder/b.txt')) }, /^file\./, /b\.txt/),
    place('records', { kind: 'records', source: 'folder' }, lastStep)('a folder with a file that is no UTF-8', (folder) => { put(folder, 'folder/a.txt', 'x\ny\n'); put(folder, 'folder/b.txt', Buffer.of(0x61, 0x0a, 0xff)) }, /^dataset\.not-utf8$/, /b\.txt.*line 2/),
  ],
]

const f32 = (shape: number[]): SafetensorsTensor => ({ dtype: 'F32', shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) })
const i32 = (shape: number[]): SafetensorsTensor => ({ dtype: 'I32', shape, data: new Int32Array(shape.reduce((a, b) => a * b, 1)) })
const safetensors = file('tensors', (source) => ({ kind: 'tensors', source }), lastStep, '.safetensors')
const npz = file('tensors', (source) => ({ kind: 'tensors', source }), lastStep, '.npz')
const lone = file('tensors', (source) => ({ kind: 'tensors', source }), lastStep, '.npy')
const x = npy(`'<f4'`, '(10, 3, 1)', bytesOf(new Float32Array(30)))
const y = npy(`'<i4'`, '(10,)', bytesOf(new Int32Array(10)))
const header = (text: string, body = 0) => {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(text)))
  return Buffer.concat([length, Buffer.from(text), Buffer.alloc(body)])
}
const withX = (bytes: Uint8Array) => zip([{ name: 'x.npy', content: bytes }, { name: 'y.npy', content: y }])
const bomb = () => {
  // 4 GB of zeros, packed twice as tightly as deflate can: what it says it becomes is what counts.
  const zeros = Buffer.alloc(50_000_000)
  return zip([{ name: 'x.npy', content: zeros, claimedSize: 0xfffffff0 }, { name: 'y.npy', content: y }])
}
const tensors: Broken[] = [
  safetensors('safetensors: empty', '', /^format\./, /empty/),
  safetensors('safetensors: four bytes', 'abcd', /^format\.safetensors$/, /4 bytes/),
  safetensors('safetensors: a header longer than the file', Buffer.concat([Buffer.from([255, 255, 0, 0, 0, 0, 0, 0]), Buffer.from('{}')]), /^format\.safetensors$/, /only 2 bytes follow/),
  safetensors('safetensors: a header of exabytes', Buffer.concat([Buffer.alloc(8, 0xff), Buffer.from('{}')]), /^format\.safetensors$/, /never right/),
  safetensors('safetensors: a header that is no JSON', header('{"x":'), /^format\.safetensors$/, /isn.t JSON/),
  safetensors('safetensors: an unknown type', header('{"x":{"dtype":"F4","shape":[1],"data_offsets":[0,1]}}', 1), /^format\.safetensors$/, /F4/),
  safetensors('safetensors: tensors that overlap', header('{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}', 12), /^format\.safetensors$/, /inside the one before/),
  safetensors('safetensors: a shape beyond all numbers', header('{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}', 8), /^format\.safetensors$/, /takes/),
  safetensors('safetensors: cut off', () => writeSafetensors({ x: f32([4, 3, 1]), y: i32([4]) }).subarray(0, -5), /^format\.safetensors$/, /bytes/),
  safetensors('safetensors: no x', () => writeSafetensors({ y: i32([4]) }), /^dataset\.tensors$/, /no tensor "x"/),
  safetensors('safetensors: NaN', () => writeSafetensors({ x: { ...f32([4, 3, 1]), data: new Float32Array(12).fill(NaN) }, y: i32([4]) }), /^dataset\.tensors$/, /NaN/),
  npz('npz: empty', '', /^format\./, /empty/),
  npz('npz: no archive', 'no archive', /^format\.npz$/, /zip/),
  npz('npz: cut off', () => withX(x).subarray(0, -30), /^format\.npz$/, /whole zip archive|unpacked/),
  npz('npz: cut off at its beginning', () => withX(x).subarray(40), /^format\./, /zip|unpack|begin|header/),
  npz('npz: a bomb', bomb, /^format\.npz$/, /would become/),
  npz('npz: a bomb that lies about its size', () => zip([{ name: 'x.npy', content: Buffer.alloc(30_000_000), claimedSize: 128 }]), /^format\./, /damaged|header|begin|unpack|checksum/),
  npz('npz: a path out of the archive', zip([{ name: '../../x.npy', content: x }]), /^format\.npz$/, /outside itself/),
  npz('npz: an absolute path', zip([{ name: '/etc/x.npy', content: x }]), /^format\.npz$/, /outside itself/),
  npz('npz: a drive', zip([{ name: 'C:\\x.npy', content: x }]), /^format\.npz$/, /outside itself/),
  npz('npz: one name twice', zip([{ name: 'x.npy', content: x }, { name: 'x.npy', content: x }]), /^format\.npz$/, /twice/),
  npz('npz: a program inside', zip([{ name: 'x.npy', content: x }, { name: 'setup.py', content: Buffer.from('import os') }]), /^format\.npz$/, /setup\.py/),
  npz('npz: a wrong checksum', zip([{ name: 'x.npy', content: x, claimedCrc: 7 }, { name: 'y.npy', content: y }]), /^format\.npz$/, /checksum/),
  npz('npz: an unknown compression', zip([{ name: 'x.npy', content: x, method: 99 }]), /^format\.npz$/, /compression/),
  npz('npz: a damaged stream', zip([{ name: 'x.npy', content: deflateRawSync(x), store: true, method: 8, claimedSize: 248 }, { name: 'y.npy', content: y }].map((entry) => ({ ...entry, content: Buffer.from(entry.content).map((byte, at) => (at === 12 ? byte ^ 0xff : byte)) }))), /^format\./, /unpack|damaged|begin|header/),
  npz('npz: pickled objects', withX(npy(`'|O'`, '(10,)', Buffer.from('\x80\x04\x95cos\nsystem\n(S"rm -rf /"\ntR.'))), /^format\.npy$/, /"x".*pickled/),
  npz('npz: y missing', zip([{ name: 'x.npy', content: x }]), /^dataset\.tensors$/, /no tensor "y"/),
  lone('npy: of objects', npy(`'|O'`, '(3,)', Buffer.from('\x80\x04.')), /^format\.npy$/, /pickled/),
  lone('npy: of named fields', npy(`[('a', '<f4'), ('b', '<i4')]`, '(3,)', Buffer.alloc(24)), /^format\.npy$/, /named fields/),
  lone('npy: of complex numbers', npy(`'<c8'`, '(3,)', Buffer.alloc(24)), /^format\.npy$/, /"<c8"/),
  lone('npy: of text', npy(`'<U5'`, '(3,)', Buffer.alloc(60)), /^format\.npy$/, /"<U5"/),
  lone('npy: a header that runs past the end', Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), Buffer.of(0x10, 0x27), Buffer.from('{')]), /^format\.npy$/, /only 1 bytes follow/),
  lone('npy: a header that is a program', Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), Buffer.of(32, 0), Buffer.from('__import__("os").system("ls")    ')]), /^format\.npy$/, /isn.t what NumPy writes/),
  lone('npy: a version from the future', Buffer.concat([Buffer.from('\x93NUMPY\x09\x00', 'latin1'), Buffer.alloc(20)]), /^format\.npy$/, /version 9/),
  lone('npy: a shape beyond all numbers', npy(`'<f4'`, '(999999999999, 999999999999)', Buffer.alloc(4)), /^format\.npy$/, /more elements/),
  lone('npy: a negative shape', npy(`'<f4'`, '(-1, 3)', Buffer.alloc(4)), /^format\.npy$/, /isn.t what NumPy writes|sizes/),
  lone('npy: cut off', x.subarray(0, -3), /^format\.npy$/, /follow the header/),
  lone('npy: another file', 'not at all', /^format\.npy$/, /begin/),
]

const audio: Data = { kind: 'audio', source: 'folder' }
const tone = Float32Array.from({ length: 3000 }, (_, n) => 0.4 * Math.sin(n / 4))
/** Beside good recordings, so that the one that is broken is the only trouble. */
const sound = (name: string, ending: string, content: () => Uint8Array | string, says: RegExp): Broken => ({
  reader: 'audio', name, data: audio, task: lastStep, code: /^dataset\.audio$/, says,
  make(folder) {
    for (const [label, count] of [['a', 5], ['b', 5]] as const) for (let at = 0; at < count; at++) put(folder, `folder/${label}/${at}.wav`, encodeWav(tone.subarray(at)))
    put(folder, `folder/b/broken${ending}`, content())
  },
})
const wav = (change: (bytes: Buffer) => void) => () => {
  const bytes = Buffer.from(encodeWav(tone))
  change(bytes)
  return bytes
}
const sounds: Broken[] = [
  sound('WAV: empty', '.wav', () => '', /broken\.wav is empty/),
  sound('WAV: text', '.wav', () => 'this is no sound', /is no recording/),
  sound('WAV: a header alone', '.wav', () => encodeWav(tone).slice(0, 44), /cut off/),
  sound('WAV: four bytes', '.wav', () => 'RIFF', /first 12 bytes/),
  sound('WAV: more sound promised than there is', '.wav', wav((bytes) => bytes.writeUInt32LE(900_000, 40)), /speaks of 900,000 bytes/),
  sound('WAV: a chunk longer than the file', '.wav', wav((bytes) => bytes.writeUInt32LE(2 ** 31, 16)), /"fmt " is said to be/),
  sound('WAV: no channels', '.wav', wav((bytes) => bytes.writeUInt16LE(0, 22)), /0 channels/),
  sound('WAV: 65,535 channels', '.wav', wav((bytes) => bytes.writeUInt16LE(65_535, 22)), /65535 channels/),
  sound('WAV: no samples a second', '.wav', wav((bytes) => bytes.writeUInt32LE(0, 24)), /0 samples a second/),
  sound('WAV: four thousand million samples a second', '.wav', wav((bytes) => bytes.writeUInt32LE(0xffffffff, 24)), /4,294,967,295 samples a second/),
  sound('WAV: 13 bits', '.wav', wav((bytes) => bytes.writeUInt16LE(13, 34)), /13 bits/),
  sound('WAV: a block that isn’t channels times bits', '.wav', wav((bytes) => bytes.writeUInt16LE(7, 32)), /contradicts itself/),
  sound('WAV: A-law', '.wav', wav((bytes) => bytes.writeUInt16LE(6, 20)), /A-law/),
  sound('WAV: no sound chunk', '.wav', wav((bytes) => bytes.write('JUNK', 36, 'latin1')), /no "data" chunk/),
  sound('WAV: sound before its format', '.wav', wav((bytes) => bytes.write('data', 12, 'latin1')), /before its format/),
  sound('WAV: no samples', '.wav', () => encodeWav([]), /no sound in it/),
  sound('WAV: NaN', '.wav', () => encodeWav([0, NaN, 0], { bits: 32, float: true }), /NaN at sample 2/),
  sound('WAV: infinity', '.wav', () => encodeWav([0, 0, Infinity], { bits: 64, float: true }), /Infinity at sample 3/),
  sound('WAV: big-endian', '.wav', wav((bytes) => bytes.write('RIFX', 0, 'latin1')), /big-endian/),
  sound('Ogg called MP3', '.mp3', () => `OggS${'\u0000'.repeat(200)}`, /an Ogg file/),
  sound('MP3: sync and rubbish', '.mp3', () => Buffer.concat([Buffer.of(0xff, 0xfb, 0x90, 0x64), Buffer.alloc(3000, 0x55)]), /broken\.mp3/),
  sound('MP3: a tag alone', '.mp3', () => Buffer.concat([Buffer.from('ID3\u0003\u0000\u0000\u0000\u0000\u0000\u000a'), Buffer.alloc(10)]), /no sound in it/),
  sound('MP3: half a frame', '.mp3', () => encodeMp3Tone(1, 5).slice(0, 90), /no sound in it|decoded/),
  sound('FLAC: its name alone', '.flac', () => 'fLaC', /STREAMINFO/),
  sound('FLAC: cut off', '.flac', () => encodeFlac(tone).slice(0, 3500), /cut off|decoded/),
  sound('FLAC: rubbish for frames', '.flac', () => Buffer.concat([encodeFlac(tone).slice(0, 42), Buffer.alloc(3000, 0x33)]), /broken\.flac/),
  sound('FLAC: a damaged frame', '.flac', () => encodeFlac(tone).map((byte, at) => (at === 2500 ? byte ^ 0x5a : byte)), /broken\.flac/),
  sound('FLAC: hours of samples promised', '.flac', () => encodeFlac(tone, 8000, 2 ** 35), /more than/),
  place('audio', audio, lastStep)('a folder without recordings', (folder) => put(folder, 'folder/a/notes.txt', 'x'), /^dataset\.empty$/, /no recordings/),
  place('audio', audio, lastStep)('recordings of one class', (folder) => { for (let at = 0; at < 4; at++) put(folder, `folder/a/${at}.wav`, encodeWav(tone.subarray(at))) }, /^dataset\.classes$/, /class "a"/),
  place('audio', { ...audio, labels: 'labels.csv' }, lastStep)('a CSV that names a file outside the folder', (folder) => put(folder, 'folder/labels.csv', 'file,label\n../../secret.wav,a\n'), /^dataset\.labels$/, /Line 2 .* outside/),
  place('audio', { ...audio, labels: 'labels.csv' }, lastStep)('a CSV that names a file that isn’t there', (folder) => put(folder, 'folder/labels.csv', 'file,label\nnone.wav,a\n'), /^dataset\.labels$/, /no such file/),
  place('audio', { ...audio, group: '{group}-{take}' }, lastStep)('names that don’t follow the pattern', (folder) => { for (const label of ['a', 'b']) for (let at = 0; at < 3; at++) put(folder, `folder/${label}/${at}.wav`, encodeWav(tone.subarray(at))) }, /^dataset\.name$/, /doesn't follow/),
]

const parquet = file('series', (source) => ({ kind: 'series', source, columns: ['a'], target: ['a'] }), regression, '.parquet')
const parquetRecords = file('records', (source) => ({ kind: 'records', source, sequence: 'a', label: 'b' }), lastStep, '.parquet')
const parquets: Broken[] = [
  parquet('Parquet: empty', '', /^dataset\.parquet$/, /is empty/),
  parquet('Parquet: a table of text', 'a,b\n1,2\n', /^dataset\.parquet$/, /begins with "a,b\."/),
  parquet('Parquet: magic alone', 'PAR1', /^dataset\.parquet$/, /its end is missing/),
  parquet('Parquet: cut in the middle', () => parquetFile().subarray(0, 200), /^dataset\.parquet$/, /its end is missing/),
  parquet('Parquet: footer cut out', () => Buffer.concat([parquetFile().subarray(0, 60), parquetFile().subarray(-8)]), /^dataset\.parquet$/, /footer should be [\d,]+ bytes long, but the file has 68/),
  parquet('Parquet: a footer longer than the file', () => parquetFile({ footerLength: 0x7fffffff }), /^dataset\.parquet$/, /footer should be 2,147,483,647 bytes/),
  parquet('Parquet: a footer of no bytes', () => parquetFile({ footerLength: 0 }), /^dataset\.parquet/, /breaks off/),
  parquet('Parquet: a footer of rubbish', () => Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(300, 0xf7), Buffer.from([44, 1, 0, 0]), Buffer.from('PAR1')]), /^dataset\.parquet$/, /description|number/),
  parquet('Parquet: more rows than its groups', () => parquetFile({ rows: 1_000_000_000 }), /^dataset\.parquet$/, /says it has 1,000,000,000 rows, but its row groups have 40/),
  parquet('Parquet: a row group longer than its columns', () => parquetFile({ rows: 4000, groupRows: 4000 }), /^dataset\.parquet$/, /column "a" has 40 values for 4,000 rows/),
  parquet('Parquet: fewer values than rows', () => parquetFile({ rows: 4000, groupRows: 4000, values: 4000 }), /^dataset\.parquet$/, /column "a": its pages have fewer values/),
  parquet('Parquet: a page with more values than rows', () => parquetFile({ pageValues: 41 }), /^dataset\.parquet$/, /more values than it has rows/),
  parquet('Parquet: a page of two billion values', () => parquetFile({ rows: 2e9, groupRows: 2e9, values: 2e9, pageValues: 2e9 }), /^dataset\.parquet/, /2,000,000,000/),
  parquet('Parquet: four hundred million values in a page', () => parquetFile({ rows: 4e8, groupRows: 4e8, values: 4e8, pageValues: 4e8 }), /^dataset\.parquet$/, /a page would have 400,000,000 values/),
  parquet('Parquet: a page larger than its column', () => parquetFile({ pageBytes: 0x7ffffff0 }), /^dataset\.parquet$/, /reaches beyond its column/),
  parquet('Parquet: a page of negative size', () => parquetFile({ pageBytes: -5 }), /^dataset\.parquet$/, /a page (reaches beyond|should be)/),
  parquet('Parquet: a page that unpacks to two gigabytes', () => parquetFile({ codec: 2, unpackedBytes: 0x7ffffff0 }), /^dataset\.parquet$/, /would be 2,147,483,632 bytes large/),
  parquet('Parquet: a bomb', () => parquetFile({ codec: 2, unpackedBytes: 1000, page: [...gzipSync(Buffer.alloc(50_000_000))] }), /^dataset\.parquet$/, /can't be decompressed/),
  parquet('Parquet: a page shorter than its values', () => parquetFile({ page: [1, 2, 3] }), /^dataset\.parquet$/, /ends before its values do/),
  parquet('Parquet: compressed by LZO', () => parquetFile({ codec: 3 }), /^dataset\.parquet-unsupported$/, /LZO/),
  parquet('Parquet: Snappy that is none', () => parquetFile({ codec: 1 }), /^dataset\.parquet$/, /can't be decompressed|should be 320 bytes/),
  parquet('Parquet: an encoding from elsewhere', () => parquetFile({ encoding: 77 }), /^dataset\.parquet-unsupported$/, /Column "a" .*encoding that Unroll doesn't read \(Parquet's number 77\)/),
  parquet('Parquet: places without a dictionary', () => parquetFile({ encoding: 8 }), /^dataset\.parquet$/, /dictionary that isn't there/),
  parquet('Parquet: a column outside the file', () => parquetFile({ offset: 1e12 }), /^dataset\.parquet$/, /lies outside the file/),
  parquet('Parquet: a column in another file', () => parquetFile({ column: { 1: '../../etc/passwd', 2: 4n, 3: { 1: 5, 3: ['a'], 4: 0, 5: 40n, 7: 300n, 9: 4n } } }), /^dataset\.parquet-unsupported$/, /in another file/),
  parquet('Parquet: an encrypted footer', () => parquetFile({ magic: 'PARE', endMagic: 'PARE' }), /^dataset\.parquet-encrypted$/, /encrypted/),
  parquet('Parquet: encrypted columns', () => parquetFile({ file: { 8: { 1: {} } } }), /^dataset\.parquet-encrypted$/, /encrypted/),
  parquet('Parquet: an encrypted column', () => parquetFile({ column: { 2: 4n, 8: { 1: {} } } }), /^dataset\.parquet-encrypted$/, /Column "a" .*encrypted/),
  parquet('Parquet: lists alone', () => parquetFile({ element: { 1: 5, 3: 2, 4: 'a' } }), /^dataset\.parquet-unsupported$/, /"a" holds lists/),
  parquet('Parquet: another column', () => parquetFile({ element: { 1: 5, 3: 0, 4: 'b' } }), /^dataset\.column-missing$/, /no column "a"; it has "b"/),
  parquet('Parquet: texts where numbers should be', () => parquetFile({ element: { 1: 6, 3: 0, 4: 'a', 6: 0 }, page: Array.from({ length: 40 }, () => [1, 0, 0, 0, 120]).flat() }), /^dataset\.not-a-number$/, /row 1 of column "a" \(field 1 of file\.parquet\); found "x"/),
  parquet('Parquet: raw bytes as text', () => parquetFile({ element: { 1: 6, 3: 0, 4: 'a' }, page: Array.from({ length: 40 }, () => [1, 0, 0, 0, 0xff]).flat() }), /^dataset\.parquet-unsupported$/, /no column of plain values: "a" holds raw bytes/),
  parquet('Parquet: text that is no UTF-8', () => parquetFile({ element: { 1: 6, 3: 0, 4: 'a', 6: 0 }, page: Array.from({ length: 40 }, () => [1, 0, 0, 0, 0xff]).flat() }), /^dataset\.parquet-unsupported$/, /Column "a" .*raw bytes, which aren't UTF-8/),
  parquet('Parquet: an infinity', () => parquetFile({ page: [...Buffer.from(new Float64Array(40).fill(Infinity).buffer)] }), /^dataset\.not-finite$/, /row 1 of column "a".*found "Infinity"/),
  parquet('Parquet: a value that is missing', () => parquetFile({ page: [...Buffer.from(new Float64Array(40).fill(NaN).buffer)] }), /^dataset\.missing-value$/, /row 1 of column "a".*the cell is empty/),
  parquetRecords('Parquet of records: no such column', () => parquetFile(), /^dataset\.column-missing$/, /no column "b"; it has "a"/),
]

export const corpus: readonly Broken[] = [...anywhere, ...texts, ...tables, ...records, ...tensors, ...sounds, ...parquets]
