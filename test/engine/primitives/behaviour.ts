import { UnrollError } from '@shared/errors'
import type { Backend, Variable } from '@main/engine/backends/backend'

/** What a backend has to do beyond numbers; `check` throws a sentence when it doesn't. */
export interface BehaviourCase {
  name: string
  check(backend: Backend): Promise<void>
}

const expect = (holds: boolean, sentence: string) => { if (!holds) throw new Error(sentence) }

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'no error'
  } catch (error) {
    return error instanceof UnrollError ? error.code : String(error)
  }
}

/** p ← p − rate · p, so that each run changes the variable. */
const shrinking = (backend: Backend, variable: Variable) => backend.compile((ops) => {
  const parameter = ops.variable(variable)
  const next = ops.sgd({ parameter, gradient: parameter, velocity: null, factor: null, momentum: 0, hyper: ops.input('rate', [1]) })
  return { results: { norm: ops.globalNorm([parameter]) }, assign: [[variable, next.parameter]] }
})

export const behaviourCases: BehaviourCase[] = [
  {
    name: 'a new variable is zero, keeps what is written, and hands out copies',
    async check(backend) {
      const variable = backend.variable('v', [3, 3])
      expect((await variable.read()).every((value) => value === 0), 'a new variable is not zero')
      variable.write(Float32Array.from({ length: 9 }, (_, index) => index))
      const copy = await variable.read()
      expect(copy[8] === 8, 'what was written is not read back')
      copy.fill(7)
      expect((await variable.read())[8] === 8, 'a value read is not a copy')
    },
  },
  {
    name: 'a written variable is what the next run reads; runs follow each other',
    async check(backend) {
      const variable = backend.variable('v', [5])
      const program = await shrinking(backend, variable)
      variable.write(new Float32Array(5).fill(4))
      await program.run({ rate: Float32Array.of(0.5) })
      await program.run({ rate: Float32Array.of(0.5) })
      expect((await variable.read()).every((value) => value === 1), 'two runs did not halve the variable twice')
      variable.write(new Float32Array(5).fill(8))
      const { norm } = await program.run({ rate: Float32Array.of(0.5) })
      expect(Math.abs((norm?.[0] ?? 0) - 8 * Math.sqrt(5)) < 1e-4, 'the run did not read what was written')
      program.dispose()
    },
  },
  {
    name: 'a cancelled run throws run.cancelled and changes nothing',
    async check(backend) {
      const variable = backend.variable('v', [5])
      const program = await shrinking(backend, variable)
      variable.write(new Float32Array(5).fill(4))
      const code = await codeOf(() => program.run({ rate: Float32Array.of(0.5) }, () => true))
      expect(code === 'run.cancelled', `expected run.cancelled, found ${code}`)
      expect((await variable.read()).every((value) => value === 4), 'a cancelled run changed a variable')
      await program.run({ rate: Float32Array.of(0.5) }, () => false)
      expect((await variable.read()).every((value) => value === 2), 'the run after a cancelled one went wrong')
      program.dispose()
    },
  },
  {
    name: 'an input that is missing or too long is refused by name',
    async check(backend) {
      const program = await shrinking(backend, backend.variable('v', [5]))
      const missing = await codeOf(() => program.run({}))
      const long = await codeOf(() => program.run({ rate: Float32Array.of(0.5, 0.5) }))
      expect(missing === 'shape.mismatch' && long === 'shape.mismatch', `expected shape.mismatch, found ${missing} and ${long}`)
      program.dispose()
    },
  },
  {
    name: 'inputs may be reused by the caller once run has been called and answered',
    async check(backend) {
      const rate = Float32Array.of(0.5)
      const variable = backend.variable('v', [3])
      variable.write(Float32Array.of(8, 8, 8))
      const program = await shrinking(backend, variable)
      await program.run({ rate })
      rate[0] = 0.25
      await program.run({ rate })
      expect((await variable.read()).every((value) => value === 3), 'the second run did not see the new input')
      program.dispose()
    },
  },
  {
    name: 'two programs share a variable',
    async check(backend) {
      const variable = backend.variable('v', [3])
      variable.write(Float32Array.of(8, 8, 8))
      const [first, second] = [await shrinking(backend, variable), await shrinking(backend, variable)]
      for (const program of [first, second, first]) await program.run({ rate: Float32Array.of(0.5) })
      expect((await variable.read()).every((value) => value === 1), 'the programs saw different values')
      first.dispose()
      expect((await second.run({ rate: Float32Array.of(0.5) }))['norm']?.[0] !== undefined, 'disposing one program broke another')
      second.dispose()
    },
  },
]
