import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createOracleBackend } from '../engine/oracle/oracle-backend'
import { sharedMissing } from '../support/shared-folder'
import { loadParityCase, parityFolders, runParityCase } from './load-parity'
import { parityLimits } from './run-parity'

describe('the oracle agrees with PyTorch', () => {
  it.each(parityFolders().map((folder) => ({ name: basename(folder), folder })))('$name', async ({ folder }) => {
    const report = await runParityCase(createOracleBackend(), folder)
    expect(report.steps).toBe((await loadParityCase(folder)).expected.steps.length)
    expect(report.loss).toBeLessThan(parityLimits.loss)
    expect(report.gradNorm).toBeLessThan(parityLimits.gradNorm)
    expect(report.weights).toBeLessThan(parityLimits.weights)
    expect(report.states).toBeLessThan(parityLimits.states)
  })

  it('the cases of ../shared are among them', (context) => {
    if (sharedMissing) context.skip(sharedMissing)
    const names = parityFolders().map((folder) => basename(folder))
    expect(names).toEqual(expect.arrayContaining([
      'gru-last-step', 'gru-tokens-embedding', 'lstm-2-layers-lengths', 'lstm-bidirectional-lengths-last', 'lstm-text-carry', 'rnn-relu-lengths-mse', 'rnn-tanh-every-step',
    ]))
  })
})
