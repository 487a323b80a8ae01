import type { DataSpec, TaskSpec } from './schema'

export type GeneratedSpec = Extract<DataSpec, { kind: 'generated' }>
export type GeneratorName = GeneratedSpec['generator']
export type GeneratorParameter = Exclude<keyof GeneratedSpec, 'kind' | 'generator' | 'steps' | 'examples' | 'validation' | 'test'>

/** A parameter of a generator, as files and forms offer it. */
export interface ParameterRange { least: number; most: number; usual: number; whole: boolean; what: string }

export interface Generator {
  title: string
  /** What x_t and its target are, in one sentence. */
  what: string
  /** What `data.steps` is; null: nothing. */
  steps: string | null
  /** What it can be asked; the first is the usual one. */
  outputs: readonly [TaskSpec['output'], ...TaskSpec['output'][]]
  target: 'classes' | 'values'
  /** Whether x_t is a token. */
  tokens: boolean
  parameters: Partial<Record<GeneratorParameter, ParameterRange>>
}

const whole = (usual: number, least: number, most: number, what: string): ParameterRange => ({ least, most, usual, whole: true, what })

const real = (usual: number, least: number, most: number, what: string): ParameterRange => ({ least, most, usual, whole: false, what })

const horizon = (usual: number) => whole(usual, 1, 1000, 'Steps ahead that are to be foretold.')
const noise = (usual: number, most: number) => real(usual, 0, most, 'Standard deviation of the noise on what is observed.')

/** Every generated task: what it asks and which parameters it has. src-main/data/sequences makes them, with equations and sources. */
export const generators: Record<GeneratorName, Generator> = {
  adding: {
    title: 'Adding problem', what: 'A number and a mark a step; the sum of the two marked numbers.', steps: 'Length of each sequence.',
    outputs: ['last-step'], target: 'values', tokens: false, parameters: {},
  },
  copy: {
    title: 'Copying problem', what: 'Ten symbols, a delay, and the ten symbols again.', steps: 'The delay T, of sequences of T + 20 steps.',
    outputs: ['every-step'], target: 'classes', tokens: true, parameters: {},
  },
  reber: {
    title: 'Embedded Reber grammar', what: 'Symbols of a string of the grammar; the next one.', steps: 'Longest string.',
    outputs: ['every-step'], target: 'classes', tokens: true, parameters: {},
  },
  parity: {
    title: 'Parity', what: 'Bits; whether the ones so far, or of the whole, are odd.', steps: 'Length of each sequence.',
    outputs: ['every-step', 'last-step'], target: 'classes', tokens: true, parameters: {},
  },
  sine: {
    title: 'Sine mixtures', what: 'A sum of sines of unknown periods; its value some steps later.', steps: 'Length of each sequence.',
    outputs: ['every-step'], target: 'values', tokens: false,
    parameters: {
      components: whole(2, 1, 10, 'Sines that are summed.'), shortestPeriod: real(8, 2.1, 10_000, 'Shortest period, in steps.'), longestPeriod: real(40, 2.1, 10_000, 'Longest period, in steps.'),
      horizon: horizon(1), noise: noise(0, 10),
    },
  },
  'mackey-glass': {
    title: 'Mackey–Glass', what: 'A chaotic delay equation; its value some steps later.', steps: 'Length of each sequence.',
    outputs: ['every-step'], target: 'values', tokens: false,
    parameters: { delay: real(17, 1, 200, 'The delay τ; chaotic above 16.8.'), interval: real(1, 0.01, 20, 'Time between two steps.'), horizon: horizon(6), noise: noise(0, 1) },
  },
  lorenz: {
    title: 'Lorenz', what: 'A chaotic system of three variables; its values some steps later.', steps: 'Length of each sequence.',
    outputs: ['every-step'], target: 'values', tokens: false,
    parameters: { observed: whole(1, 1, 3, 'How many of x, y, z are seen and foretold.'), interval: real(0.02, 0.001, 1, 'Time between two steps.'), horizon: horizon(10), noise: noise(0, 10) },
  },
  tones: {
    title: 'Tones', what: 'The samples of a tone in noise; its pitch.', steps: 'Samples of each tone.',
    outputs: ['last-step'], target: 'classes', tokens: false,
    parameters: {
      classes: whole(5, 2, 100, 'Pitches to be told apart.'), lowest: real(100, 1, 96_000, 'Lowest frequency, in hertz.'), highest: real(800, 1, 96_000, 'Highest frequency, in hertz.'),
      rate: real(2000, 10, 192_000, 'Samples a second.'), noise: noise(0.3, 10),
    },
  },
  dates: {
    title: 'Date translation', what: 'A date as people write it; the same date as year-month-day.', steps: null,
    outputs: ['sequence'], target: 'classes', tokens: true,
    parameters: {
      firstYear: whole(1900, 1, 9999, 'First year of the dates.'),
      lastYear: whole(2099, 1, 9999, 'Last year of the dates.'),
      formats: whole(8, 1, 8, 'Ways of writing that are mixed; 1: "3 May 1999" alone.'),
    },
  },
}

/** A parameter's value, its usual one where the experiment is silent. */
export function parameterOf(spec: GeneratedSpec, key: GeneratorParameter): number {
  return spec[key] ?? generators[spec.generator].parameters[key]!.usual
}

/** Parameters that the generator doesn't have, or whose values it can't take, a sentence each. */
export function wrongParameters(spec: GeneratedSpec): { path: string; message: string }[] {
  const { parameters } = generators[spec.generator]
  const all = new Set(Object.values(generators).flatMap((each) => Object.keys(each.parameters))) as Set<GeneratorParameter>
  return [...all].flatMap((key) => {
    const value = spec[key]
    if (value === undefined) return []
    const path = `data.${key}`
    const range = parameters[key]
    if (range === undefined) {
      const has = Object.keys(parameters).join(', ')
      return [{ path, message: `${path} is no parameter of the generator "${spec.generator}"${has === '' ? '' : `, which has ${has}`}. Leave it out.` }]
    }
    if (value >= range.least && value <= range.most && (!range.whole || Number.isInteger(value))) return []
    return [{ path, message: `${path} should be a ${range.whole ? 'whole ' : ''}number from ${range.least} to ${range.most} for the generator "${spec.generator}", but is ${value}.` }]
  })
}
