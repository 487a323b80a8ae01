import type { Backend } from '@main/engine/backends/backend'
import { createOracleBackend } from './oracle/oracle-backend'
import { attentionCases } from './primitives/attention-cases'
import { behaviourCases } from './primitives/behaviour'
import type { PrimitiveCase } from './primitives/case'
import { elmanCases } from './primitives/elman-cases'
import { gatedCases } from './primitives/gated-cases'
import { linearCases } from './primitives/linear-cases'
import { lossCases } from './primitives/loss-cases'
import { optimizerCases } from './primitives/optimizer-cases'
import { shapingCases } from './primitives/shaping-cases'

/**
 * Every primitive of `Ops`, on sizes off every vector width, for any backend, in Node or in a browser's worker:
 *
 *   vitest:  it.each(primitiveCases)('$name', async (one) => { expect((await checkCase(backend, one)).message).toBe('') })
 *            it.each(behaviourCases)('$name', ({ check }) => check(backend))
 *   worker:  postMessage(await checkBackend(backend))
 */
export const primitiveCases: readonly PrimitiveCase[] = [
  ...linearCases, ...elmanCases, ...gatedCases, ...shapingCases, ...attentionCases, ...lossCases, ...optimizerCases,
]
export { behaviourCases }
export type { PrimitiveCase }

export interface CaseReport {
  name: string
  passed: boolean
  /** Largest |found − expected| / (1 + |expected|). */
  largest: number
  /** Empty when passed; else the first element that differs too much, or what was thrown. */
  message: string
}

/** Runs one program on the oracle and on the backend and compares all results and variables element by element. */
export async function checkCase(backend: Backend, one: PrimitiveCase): Promise<CaseReport> {
  const report: CaseReport = { name: one.name, passed: true, largest: 0, message: '' }
  try {
    const [expected, found] = [await runAll(createOracleBackend(), one), await runAll(backend, one)]
    for (const [name, values] of expected) compare(report, name, values, found.get(name), one.tolerance)
  } catch (error) {
    report.message ||= error instanceof Error ? error.message : String(error)
  }
  report.passed = report.message === ''
  return report
}

/** All cases, numbers and behaviour; those whose name contains `filter`. */
export async function checkBackend(backend: Backend, filter = ''): Promise<CaseReport[]> {
  const reports: CaseReport[] = []
  for (const one of primitiveCases) if (one.name.includes(filter)) reports.push(await checkCase(backend, one))
  for (const { name, check } of behaviourCases) {
    if (!name.includes(filter)) continue
    const message = await check(backend).then(() => '', (error: unknown) => (error instanceof Error ? error.message : String(error)))
    reports.push({ name, passed: message === '', largest: 0, message })
  }
  return reports
}

/** All results of each run, and the variables after the last. */
export async function runAll(backend: Backend, one: PrimitiveCase): Promise<Map<string, Float32Array>> {
  const variables = Object.fromEntries(Object.entries(one.variables ?? {}).map(([name, { shape, values }]) => {
    const variable = backend.variable(name, shape)
    variable.write(values)
    return [name, variable]
  }))
  const program = await backend.compile((ops) => one.build(ops, variables))
  const values = new Map<string, Float32Array>()
  for (const [index, inputs] of one.inputs.entries()) {
    for (const [name, result] of Object.entries(await program.run(inputs))) values.set(`run ${index + 1}: ${name}`, result.slice())
  }
  for (const [name, variable] of Object.entries(variables)) values.set(`variable ${name}`, await variable.read())
  program.dispose()
  return values
}

function compare(report: CaseReport, name: string, expected: Float32Array, found: Float32Array | undefined, tolerance: number): void {
  if (found?.length !== expected.length) {
    report.message ||= `${name} should hold ${expected.length} numbers, found ${found?.length ?? 'nothing'}`
    return
  }
  expected.forEach((value, index) => {
    const other = found[index]!
    if (Object.is(value, other) || value === other || (!Number.isFinite(value) && !Number.isFinite(other))) return
    const difference = Math.abs(other - value) / (1 + Math.abs(value))
    report.largest = Math.max(report.largest, difference)
    if (!(difference <= tolerance)) report.message ||= `${name}[${index}] should be ${value}, found ${other} (allowed ${tolerance})`
  })
}
