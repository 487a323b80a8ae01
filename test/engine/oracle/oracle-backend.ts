import { UnrollError } from '@shared/errors'
import type { Backend, Lengths, Ops, Program, ProgramInputs, Sequence, Tensor, Tokens, Traced, Variable } from '@main/engine/backends/backend'
import { attentionOps } from './attention'
import { elmanOps } from './elman'
import { gatedOps } from './gated'
import { linearOps } from './linear'
import { lossOps } from './losses'
import { optimizerOps } from './optimizers'
import { shapingOps } from './shaping'
import { expectShape, fault, OracleLengths, OracleSequence, OracleTensor, OracleTokens, sequence, tensor, write } from './values'

/** Inputs of the oracle may also be Float64, for finite differences. */
export type OracleInputs = Record<string, Float64Array | Float32Array | Int32Array>

/** A variable that also reads and writes all its 53 bits. */
export interface OracleVariable extends Variable {
  readonly values: Float64Array
}

export interface OracleProgram extends Program {
  /** One run with everything in Float64. */
  runFloat64(inputs: OracleInputs): Record<string, Float64Array>
}

export interface OracleBackend extends Backend {
  variable(name: string, shape: readonly number[]): OracleVariable
  compile(build: (ops: Ops) => Traced): Promise<OracleProgram>
}

class StoredVariable implements OracleVariable {
  readonly values: Float64Array
  constructor(readonly name: string, readonly shape: readonly number[], private readonly rounded: boolean) {
    this.values = OracleTensor.of(shape).data
  }

  /** Takes over the new value of a run. */
  store(values: Float64Array): void {
    this.values.set(this.rounded ? Float32Array.from(values) : values)
  }

  async read(): Promise<Float32Array> {
    return Float32Array.from(this.values)
  }

  write(values: Float32Array): void {
    if (values.length !== this.values.length) wrongSize(this.name, this.values.length, values.length)
    this.values.set(values)
  }
}

/** What an input copies itself into. */
type InputStore = Float64Array | Int32Array

/**
 * The judge of all other backends: every primitive written out in plain Float64 loops, nothing shared with them.
 * It also holds the traced program to the contract: shapes, and each slot written once before it is read.
 * @param variables 'float32': variables are rounded after each run, as every real backend has it, so that a checkpoint
 *                  holds all of them; 'float64' keeps the judge exact
 */
export function createOracleBackend({ variables = 'float64' }: { variables?: 'float64' | 'float32' } = {}): OracleBackend {
  return {
    kind: 'wasm',
    description: 'Float64 oracle (tests only)',
    variable: (name, shape) => new StoredVariable(name, [...shape], variables === 'float32'),
    compile: async (build) => trace(build),
    dispose: async () => undefined,
  }
}

function trace(build: (ops: Ops) => Traced): OracleProgram {
  const work: (() => void)[] = []
  const inputs = new Map<string, InputStore>()
  const traced = build(recorder(work, inputs))
  const results = Object.entries(traced.results).map(([name, handle]) => [name, resultData(handle)] as const)
  const assignments = (traced.assign ?? []).map(([variable, value]) => {
    if (!(variable instanceof StoredVariable)) fault('a variable of another backend is assigned')
    expectShape(`the new value of ${variable.name}`, tensor(value).shape, variable.shape)
    return [variable, tensor(value)] as const
  })
  for (const name of traced.guard ?? []) if (!(name in traced.results)) fault(`the guard "${name}" is no result`)

  const runFloat64 = (given: OracleInputs, cancelled?: () => boolean): Record<string, Float64Array> => {
    for (const [name, store] of inputs) {
      const values = given[name]
      if (!values || values.length !== store.length) wrongSize(name, store.length, values?.length ?? 0)
      store.set(values)
    }
    for (const step of work) {
      if (cancelled?.()) throw new UnrollError('run.cancelled', 'The run was given up between two kernels.')
      step()
    }
    const read = Object.fromEntries(results.map(([name, data]) => [name, data.slice()]))
    const finite = (traced.guard ?? []).every((name) => read[name]!.every(Number.isFinite))
    if (finite) {
      // All new values are read before the first is stored: one may be the old value of another.
      const next = assignments.map(([variable, value]) => [variable, value.data.slice()] as const)
      for (const [variable, values] of next) variable.store(values)
    }
    return read
  }

  return {
    executor: 'float64',
    runFloat64: (given) => runFloat64(given),
    run: async (given: ProgramInputs, cancelled) =>
      Object.fromEntries(Object.entries(runFloat64(given, cancelled)).map(([name, values]) => [name, Float32Array.from(values)])),
    dispose: () => undefined,
  }
}

function recorder(work: (() => void)[], inputs: Map<string, InputStore>): Ops {
  const record = (step: () => void) => { work.push(step) }
  const named = <T>(name: string, store: InputStore, handle: T): T => {
    if (inputs.has(name)) fault(`two inputs are called "${name}"`)
    inputs.set(name, store)
    return handle
  }
  return {
    input(name, shape): Tensor {
      const made = OracleTensor.of(shape)
      return named(name, made.data, made)
    },
    sequenceInput(name, steps, batch, width): Sequence {
      const made = OracleSequence.of(steps, batch, width)
      return named(name, made.data, made)
    },
    tokensInput(name, steps, batch): Tokens {
      const made = new OracleTokens(steps, batch)
      return named(name, made.ids, made)
    },
    lengthsInput(name, batch): Lengths {
      const made = new OracleLengths(batch)
      return named(name, made.values, made)
    },
    variable(variable): Tensor {
      return variable instanceof StoredVariable ? new OracleTensor(variable.shape, variable.values) : fault('a variable of another backend')
    },
    sequence: (steps, batch, width) =>
      new OracleSequence(steps, batch, width, new Float64Array(steps * batch * width), new Array<boolean>(steps).fill(false)),
    slot: (of, step) => ({ sequence: of, step }),
    place(value, into) {
      const from = tensor(value)
      const to = write(into)
      expectShape('the tensor placed', from.shape, to.shape)
      record(() => { to.data.set(from.data) })
    },
    single(value): Sequence {
      const from = tensor(value)
      const [batch, width] = from.shape as [number, number]
      return new OracleSequence(1, batch, width, from.data)
    },
    ...linearOps(record),
    ...elmanOps(record),
    ...gatedOps(record),
    ...shapingOps(record),
    ...attentionOps(record),
    ...lossOps(record),
    ...optimizerOps(record),
  }
}

const resultData = (handle: Tensor | Sequence): Float64Array => 'steps' in handle ? sequence(handle).data : tensor(handle).data

function wrongSize(name: string, expected: number, found: number): never {
  throw new UnrollError('shape.mismatch', `Input "${name}" should hold ${expected} numbers but holds ${found}.`, { where: { parameter: name } })
}
