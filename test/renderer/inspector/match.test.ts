// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest'
import StatesScreen from '@renderer/features/inspector/StatesScreen.vue'
import { useBrush } from '@renderer/stores/brush'
import { UnrollError } from '@shared/errors'
import type { Result } from '@shared/rpc/contract'
import { asked } from '../support/fake-import-host'
import { fakeRunHost } from '../support/fake-run-host'
import { fakeRun } from '../support/fake-runs'
import { mountScreen, settle } from '../support/mount-screen'

afterEach(() => { document.body.innerHTML = '' })

it('a search that takes longer than a moment says how far it is and can be given up; one that is over at once shows nothing', async () => {
  const run = fakeRun('text')
  const found: Result<'inspect.match'> = { ms: 1, places: 1, least: 1, matches: [{ sequence: null, from: 8, length: 2, shared: 1, union: 1, labels: [...'the whale'], at: 4 }] }
  let answer = asked<Result<'inspect.match'>>()
  const names: string[] = []
  const fake = fakeRunHost([run], undefined, {
    'inspect.select': () => ({ units: [{ unit: 1, sign: 1, mean: 0.5 }], bounded: true }),
    'inspect.patterns': () => [],
    'inspect.store': ({ id }) => ({ store: 'store-1', runId: id, tensor: 'h_l0', step: run.step, sequences: 1, steps: 1_190_317, units: 128, bytes: 1 }),
    'inspect.match': ({ task }) => (names.push(task!), answer.promise),
    'inspect.cancel': ({ task }) => {
      if (task === names.at(-1)) answer.refuse(new UnrollError('inspect.cancelled', 'It was given up.'))
      return null
    },
  })
  const screen = await mountScreen(StatesScreen, run.id, fake.host)
  await screen.findAll('button').find((button) => button.text() === 'Select and match')!.trigger('click')
  await settle()
  useBrush().set('', [[4, 9]])
  await settle()
  const find = async () => {
    await screen.findAll('button').find((button) => button.text().startsWith('Find in the whole dataset'))!.trigger('click')
    await settle()
  }
  const bar = () => screen.find('[role=progressbar][aria-label="Looking for the places"]')

  await find()
  expect(names).toHaveLength(1)
  expect(bar().exists()).toBe(false)
  await vi.waitFor(() => expect(bar().exists()).toBe(true))
  fake.emit('inspect.progress', { task: names[0]!, done: 0.4, total: 1, remainingMs: 1000 })
  await settle()
  expect(screen.text()).toContain('Looking for the places: 40 %, 1 s left')
  await screen.findAll('button').find((button) => button.text() === 'Cancel')!.trigger('click')
  await settle()
  expect(bar().exists()).toBe(false)
  expect(screen.find('[role=alert]').exists()).toBe(false)

  answer = asked()
  answer.answer(found)
  await find()
  expect(bar().exists()).toBe(false)
  expect(screen.text()).toContain('whale')
  screen.unmount()
})
