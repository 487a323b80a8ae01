import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { takeLock } from '@main/services/files/lock'
import { RunFolder } from '@main/services/runs/run-folder'
import { temporaryFolder } from '../support/temporary-folder'
import { openServices } from './open-services'
import { small } from './small-run'

test('weights and checkpoints that aren\'t whole are named, with what is still there', async () => {
  const { importText, call, until, home } = await openServices(temporaryFolder())
  const dataset = await importText()
  const { id } = await call('runs.start', { datasetId: dataset.id, experiment: small(dataset, { maxSteps: 40 }) })
  await until(id, ({ state }) => state === 'done')
  const path = join(home, 'runs', id)
  const folder = new RunFolder(path)
  truncateSync(join(path, 'best.safetensors'), 70)
  await expect(folder.weights('best')).rejects.toMatchObject({
    code: 'weights.unreadable', message: expect.stringMatching(/best\.safetensors can't be read: The header is said to be \d+ bytes long, but only 62 bytes follow\.$/) as string, hint: expect.stringContaining('choose other weights') as string,
  })
  expect(await folder.weightSteps()).toEqual({ best: null, last: 40, checkpoints: [20, 40] })
  expect(await folder.weights('last')).toMatchObject({ step: 40, which: 'last' })
  truncateSync(join(path, 'checkpoints/step-000040.safetensors'), 500)
  await expect(folder.latestCheckpoint()).rejects.toMatchObject({
    code: 'checkpoint.unreadable', message: expect.stringMatching(/step-000040\.safetensors can't be read: .*[^.]\.$/) as string, hint: 'Delete it to resume from the one before.',
  })
})

test('a lock that can\'t be written is said in a sentence', async () => {
  const folder = temporaryFolder()
  await expect(takeLock(join(folder, 'gone/.lock'), 'the folder')).rejects.toMatchObject({ code: 'file.unwritable', message: expect.stringMatching(/^Can't write .*\.lock: its folder isn't there\.$/) as string })
})
