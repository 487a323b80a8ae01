import { argmax } from '../metrics/classification'
import { dot, solvePositive } from './dense'
import { minimise } from './lbfgs'
import type { Feature } from './features'
import type { GatheredStates } from './gathered-states'
import type { Work } from './work'

export interface ProbeScore {
  /** Rows held out, on which all scores are measured. */
  held: number
  trained: number
  /** The strength of the penalty that did best on a part of the training rows. */
  penalty: number
  /** Numbers: 1 − Σ(y − ŷ)² / Σ(y − ȳ)², ȳ the training rows' mean, and mean absolute errors of the probe and of always saying ȳ. */
  numeric: { r2: number; error: number; baselineError: number } | null
  /** Classes: shares of right answers and nats of the probe, and of always saying the training rows' most frequent class (shares). */
  classes: { accuracy: number; baselineAccuracy: number; balancedAccuracy: number; nats: number; baselineNats: number } | null
  /**
   * How much each unit counts: the length of its weights over classes, each unit scaled to spread 1 (and a numeric feature too).
   */
  weights: Float32Array
  /** What is read out: the feature, or its classes (of two only the second, the first being what it isn't). */
  outputs: string[]
  /** The weights with their signs, scaled alike, [outputs, width]. */
  signed: Float32Array
  /** Held-out rows by class and answer, [classes, classes]; null for numbers. */
  confusion: Float32Array | null
  /** Numbers: what some of the held-out rows have and what the probe says of them. */
  points: { truth: Float32Array; said: Float32Array } | null
}

/** Held-out rows that are shown one by one. */
const mostPoints = 500

const penalties = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10]
/** Blocks of time that are held out as a whole: neighbours in time are too alike to be parted. */
const blocks = 20

/**
 * A linear read-out of a feature from states, measured on rows it was not fitted to: every fourth of twenty blocks of time, or of
 * sequences. The penalty is chosen on every fourth block of the rest.
 *   numbers: ŷ = w·h + c,  min Σ(y − ŷ)²/n + λ‖w‖²   classes: softmax(W h + c),  min −Σ ln p/n + λ‖W‖²
 * States are first scaled to mean 0 and spread 1 over the training rows.
 * @see Alain & Bengio 2016, "Understanding intermediate layers using linear classifier probes"
 */
export async function probe(gathered: GatheredStates, feature: Feature, work: Work): Promise<ProbeScore> {
  const { states, width, steps, sequences } = gathered
  const rows = Int32Array.from(steps.keys()).filter((row) => !Number.isNaN(feature.values[steps[row]!]!))
  const severalSequences = rows.length > 0 && new Set(rows.map((row) => sequences[row]!)).size >= blocks
  const blockOf = (at: number) => (severalSequences ? sequences[rows[at]!]! % blocks : Math.floor(at * blocks / rows.length))
  const inPart = (wanted: (block: number) => boolean) => rows.filter((_, at) => wanted(blockOf(at)))
  const [trained, held] = [inPart((block) => block % 4 !== 3), inPart((block) => block % 4 === 3)]
  const [fitted, tried] = [inPart((block) => block % 4 !== 3 && block % 5 !== 0), inPart((block) => block % 4 !== 3 && block % 5 === 0)]
  const y = (row: number) => feature.values[steps[row]!]!
  const classes = feature.kind === 'numeric' ? 0 : feature.classes?.length ?? 2
  const fit = (part: Int32Array, penalty: number): ReadOut => {
    const scale = scaleOf(states, width, part)
    return classes === 0 ? fitNumbers(states, scale, part, y, penalty) : fitClasses(states, scale, part, y, classes, penalty)
  }
  let best = { penalty: penalties[2]!, loss: Infinity }
  for (const [index, penalty] of penalties.entries()) {
    const loss = lossOf(fit(fitted, penalty), states, tried, y)
    if (loss < best.loss) best = { penalty, loss }
    await work.step(index + 1, penalties.length + 1)
  }
  const final = fit(trained, best.penalty)
  await work.step(penalties.length + 1, penalties.length + 1)
  return { held: held.length, trained: trained.length, penalty: best.penalty, ...scoreOf(final, states, trained, held, y, classes), ...weightsOf(final, feature, scaleOfTarget(trained, y, classes)), points: classes === 0 ? pointsOf(final, states, held, y) : null }
}

/** outputs [rows of `weight`] = weight · (h − mean)·scale + bias; one output for numbers. */
interface ReadOut { outputs: number; weight: Float64Array; bias: Float64Array; scale: Scale; classes: boolean }
interface Scale { width: number; mean: Float64Array; factor: Float64Array }

function scaleOf(states: Float32Array, width: number, rows: Int32Array): Scale {
  const [mean, squares] = [new Float64Array(width), new Float64Array(width)]
  for (const row of rows) for (let unit = 0; unit < width; unit++) mean[unit]! += states[row * width + unit]! / rows.length
  for (const row of rows) for (let unit = 0; unit < width; unit++) squares[unit]! += (states[row * width + unit]! - mean[unit]!) ** 2 / rows.length
  // A unit that hardly moves tells nothing; scaled up, it would tell rounding.
  return { width, mean, factor: squares.map((square) => (square > 1e-10 ? 1 / Math.sqrt(square) : 0)) }
}

const scaled = (states: Float32Array, row: number, { width, mean, factor }: Scale, into: Float64Array): Float64Array => {
  for (let unit = 0; unit < width; unit++) into[unit] = (states[row * width + unit]! - mean[unit]!) * factor[unit]!
  return into
}

function fitNumbers(states: Float32Array, scale: Scale, rows: Int32Array, y: (row: number) => number, penalty: number): ReadOut {
  const { width } = scale
  const mean = rows.reduce((sum, row) => sum + y(row), 0) / Math.max(1, rows.length)
  const [gram, moment, own] = [new Float64Array(width * width), new Float64Array(width), new Float64Array(width)]
  for (const row of rows) {
    scaled(states, row, scale, own)
    const target = y(row) - mean
    for (let i = 0; i < width; i++) {
      const value = own[i]!
      moment[i]! += value * target
      for (let j = 0; j <= i; j++) gram[i * width + j]! += value * own[j]!
    }
  }
  for (let i = 0; i < width; i++) gram[i * width + i]! += penalty * rows.length + 1e-9
  solvePositive(gram, moment, width)
  return { outputs: 1, weight: moment, bias: Float64Array.of(mean), scale, classes: false }
}

function fitClasses(states: Float32Array, scale: Scale, rows: Int32Array, y: (row: number) => number, classes: number, penalty: number): ReadOut {
  const { width } = scale
  const columns = width + 1
  const inputs = Float64Array.from({ length: rows.length * columns }, (_, at) => (at % columns === width ? 1 : 0))
  rows.forEach((row, at) => { scaled(states, row, scale, inputs.subarray(at * columns, at * columns + width)) })
  const labels = Int32Array.from(rows, y)
  const p = new Float64Array(classes)
  const found = minimise(new Float64Array(classes * columns), (parameters, gradient) => {
    gradient.fill(0)
    let loss = 0
    for (let at = 0; at < labels.length; at++) {
      const own = inputs.subarray(at * columns, (at + 1) * columns)
      for (let id = 0; id < classes; id++) p[id] = dot(own, parameters.subarray(id * columns, (id + 1) * columns))
      loss -= softmax(p, labels[at]!)
      p[labels[at]!]! -= 1
      for (let id = 0; id < classes; id++) for (let column = 0; column < columns; column++) gradient[id * columns + column]! += p[id]! * own[column]!
    }
    for (let at = 0; at < gradient.length; at++) {
      const weight = at % columns === width ? 0 : parameters[at]!
      gradient[at] = gradient[at]! / labels.length + 2 * penalty * weight
      loss += penalty * weight * weight * labels.length
    }
    return loss / labels.length
  })
  const weight = Float64Array.from({ length: classes * width }, (_, at) => found[Math.floor(at / width) * columns + at % width]!)
  return { outputs: classes, weight, bias: Float64Array.from({ length: classes }, (_, id) => found[id * columns + width]!), scale, classes: true }
}

/** Turns scores into probabilities; @returns ln p of the label */
function softmax(p: Float64Array, label: number): number {
  const largest = p.reduce((most, value) => Math.max(most, value), -Infinity)
  const own = p[label]!
  let sum = 0
  for (let id = 0; id < p.length; id++) sum += p[id] = Math.exp(p[id]! - largest)
  for (let id = 0; id < p.length; id++) p[id]! /= sum
  return own - largest - Math.log(sum)
}

function answer({ outputs, weight, bias, scale }: ReadOut, states: Float32Array, row: number): Float64Array {
  const own = scaled(states, row, scale, new Float64Array(scale.width))
  return Float64Array.from({ length: outputs }, (_, output) => bias[output]! + dot(own, weight.subarray(output * scale.width, (output + 1) * scale.width)))
}

function lossOf(readOut: ReadOut, states: Float32Array, rows: Int32Array, y: (row: number) => number): number {
  let sum = 0
  for (const row of rows) {
    const found = answer(readOut, states, row)
    sum += readOut.classes ? -softmax(found, y(row)) : (found[0]! - y(row)) ** 2
  }
  return sum / rows.length
}

function scoreOf(readOut: ReadOut, states: Float32Array, trained: Int32Array, held: Int32Array, y: (row: number) => number, classes: number): Pick<ProbeScore, 'numeric' | 'classes' | 'confusion'> {
  if (!readOut.classes) {
    const mean = trained.reduce((sum, row) => sum + y(row), 0) / trained.length
    let [squares, all, error, baseline] = [0, 0, 0, 0]
    for (const row of held) {
      const difference = answer(readOut, states, row)[0]! - y(row)
      squares += difference ** 2
      all += (y(row) - mean) ** 2
      error += Math.abs(difference) / held.length
      baseline += Math.abs(y(row) - mean) / held.length
    }
    return { numeric: { r2: all > 0 ? 1 - squares / all : 0, error, baselineError: baseline }, classes: null, confusion: null }
  }
  const counts = new Float64Array(classes)
  for (const row of trained) counts[y(row)]!++
  const majority = argmax(counts)
  const [right, seen] = [new Float64Array(classes), new Float64Array(classes)]
  const confusion = new Float32Array(classes * classes)
  let [nats, baselineNats] = [0, 0]
  for (const row of held) {
    const found = answer(readOut, states, row)
    seen[y(row)]!++
    const said = argmax(found)
    confusion[y(row) * classes + said]!++
    if (said === y(row)) right[y(row)]!++
    nats -= softmax(found, y(row)) / held.length
    baselineNats -= Math.log((counts[y(row)]! + 1) / (trained.length + classes)) / held.length
  }
  const present = [...seen.keys()].filter((id) => seen[id]! > 0)
  return {
    numeric: null, confusion,
    classes: {
      accuracy: right.reduce((sum, count) => sum + count, 0) / held.length, baselineAccuracy: seen[majority]! / held.length,
      balancedAccuracy: present.reduce((sum, id) => sum + right[id]! / seen[id]!, 0) / present.length, nats, baselineNats,
    },
  }
}

function scaleOfTarget(rows: Int32Array, y: (row: number) => number, classes: number): number {
  if (classes > 0) return 1
  const mean = rows.reduce((sum, row) => sum + y(row), 0) / rows.length
  const spread = Math.sqrt(rows.reduce((sum, row) => sum + (y(row) - mean) ** 2, 0) / rows.length)
  return spread > 0 ? 1 / spread : 1
}

function weightsOf({ outputs, weight, scale: { width } }: ReadOut, feature: Feature, factor: number): Pick<ProbeScore, 'weights' | 'outputs' | 'signed'> {
  const at = (output: number, unit: number) => weight[output * width + unit]!
  const weights = Float32Array.from({ length: width }, (_, unit) => factor * Math.sqrt(Array.from({ length: outputs }, (_o, output) => at(output, unit) ** 2).reduce((sum, square) => sum + square, 0)))
  const names = outputs === 1 ? [feature.name] : feature.classes ?? ['no', 'yes']
  if (outputs === 1) return { weights, outputs: [...names], signed: Float32Array.from(weight, (value) => factor * value) }
  // Of two classes one weight says it all: towards the second, away from the first.
  if (outputs === 2) return { weights, outputs: [feature.classes === null ? feature.name : names[1]!], signed: Float32Array.from({ length: width }, (_, unit) => at(1, unit) - at(0, unit)) }
  return { weights, outputs: [...names], signed: Float32Array.from(weight) }
}

function pointsOf(readOut: ReadOut, states: Float32Array, held: Int32Array, y: (row: number) => number): ProbeScore['points'] {
  const count = Math.min(mostPoints, held.length)
  const rows = Int32Array.from({ length: count }, (_, at) => held[Math.floor((at + 0.5) * held.length / count)]!)
  return { truth: Float32Array.from(rows, y), said: Float32Array.from(rows, (row) => answer(readOut, states, row)[0]!) }
}
