import { dirname, relative, resolve } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { LookedInputSpec } from '@shared/rpc/inspect-schemas'
import { loadModel } from '../../services/models/trained-model'
import { makeFolder, writeAtomic } from '../../services/files/atomic'
import { collectStates, statesFile, statesTable } from '../../services/inspect/states-file'
import { expectNotOfARun } from '../../services/runs/own-files'
import { RunFolder, type WhichWeights } from '../../services/runs/run-folder'
import { analyses, holds, properties } from './inspect-words'
import { matchOf, type MatchOptions } from './inspect-match'
import { dataOf, withModel } from './with-model'
import { count, figure } from './words'

export interface InspectOptions extends MatchOptions {
  input?: string
  target?: string
  data?: { from: number; count: number }
  record?: number
  out: string
  layers?: number[]
  tensors?: string[]
  csv?: boolean
  gradients?: boolean
  analyses?: string
  correlate?: string
  probe?: string
  hold?: string
  compare?: string
  jacobian?: number[]
  seed?: number
  neighbours?: number
  weights: WhichWeights
}

/**
 * `unroll inspect RUN --input TEXT --out FILE`: everything inside the network over a text, a stretch or a record of its data.
 * The file is there whole or not at all.
 */
export async function inspect(run: string, options: InspectOptions): Promise<void> {
  const { out, layers, tensors, csv, gradients, weights, compare } = options
  const asked = {
    analyses: options.analyses === undefined ? [] : analyses(options.analyses), hold: options.hold === undefined ? [] : holds(options.hold),
    correlate: options.correlate === undefined ? [] : properties(options.correlate, 'correlate'), probe: options.probe === undefined ? [] : properties(options.probe, 'probe'),
    match: matchOf(options), jacobian: options.jacobian ?? [], umap: { seed: options.seed ?? 1, neighbours: options.neighbours ?? 15 },
  }
  if ((options.seed ?? options.neighbours) !== undefined && !asked.analyses.includes('umap')) throw new UnrollError('usage.umap', '--seed and --neighbours are of UMAP.', { hint: 'Ask for it by --analyses umap.' })
  const path = resolve(out)
  expectNotOfARun(path)
  const table = csv ?? path.toLowerCase().endsWith('.csv')
  const input = inputOf(options)
  if (table && (asked.analyses.length + asked.correlate.length + asked.probe.length + asked.jacobian.length > 0 || compare !== undefined)) throw new UnrollError('usage.table', 'What --analyses, --jacobian, --correlate, --probe and --compare find has no row a step.', { hint: 'Give --out a file that ends in .safetensors.' })
  const other = compare === undefined ? null : await loadModel(new RunFolder(resolve(compare)), weights)
  const states = await withModel(run, weights, (client, model, host) => collectStates(client, model, () => dataOf(host, run, model), { input, layers: layers ?? null, letters: tensors ?? null, gradients: gradients ?? false, ...asked, other }))
  await makeFolder(dirname(path))
  const bytes = table ? new TextEncoder().encode(`${[...statesTable(states)].join('\n')}\n`) : statesFile(states)
  await writeAtomic(path, bytes)
  const written = table && states.places ? ['places'] : [...states.tensors.map(({ name }) => name), ...Object.keys(states.analyses.tensors)]
  const { model, looked: { labels }, loss, analyses: found } = states
  process.stdout.write(`${relative('', path)}: ${count(bytes.length)} bytes. ${count(labels.length)} steps under the weights of step ${count(model.step)}: ${written.join(', ')}${loss === null ? '' : `; mean loss ${figure(loss)}`}.\n${found.lines.map((line) => `${line}\n`).join('')}`)
}

function inputOf({ input, target, data, record }: InspectOptions): LookedInputSpec {
  const given = [input, data, record].filter((each) => each !== undefined).length
  if (given !== 1) throw new UnrollError('usage.input', `\`unroll inspect\` needs one of --input, --data and --record; ${given === 0 ? 'none was given' : `${given} were given`}.`, { hint: 'Give a text by --input, or a part of the data by --data FROM:COUNT or --record NUMBER.' })
  if (target !== undefined && input === undefined) throw new UnrollError('usage.input', '--target goes with --input.', { hint: 'A record has its own target.' })
  if (input !== undefined) return { kind: 'text', text: input, ...(target !== undefined && { target }) }
  return data !== undefined ? { kind: 'stretch', ...data } : { kind: 'record', index: record! }
}
