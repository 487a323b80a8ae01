// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest'
import { UnrollError } from '@shared/errors'
import { intError } from '@renderer/features/playground/fields'
import { forecastChart, verdict } from '@renderer/features/playground/forecast-chart'
import PlaygroundScreen from '@renderer/features/playground/PlaygroundScreen.vue'
import { fakeForecast, fakeRunHost, fakeText } from '../support/fake-run-host'
import { fakeRun } from '../support/fake-runs'
import { mountScreen, settle } from '../support/mount-screen'

afterEach(() => { document.body.innerHTML = '' })

describe('the text playground', () => {
  it('writes on from the prompt and shades each character by its probability', async () => {
    const { host, calls } = fakeRunHost([fakeRun('text')])
    const screen = await mountScreen(PlaygroundScreen, 'run-text', host)
    await screen.get('textarea').setValue('Call me ')
    await screen.get('form').trigger('submit')
    await settle()
    expect(calls.find(({ method }) => method === 'playground.text')?.params).toEqual({ id: 'run-text', prompt: 'Call me ', length: 500, temperature: 0.8, seed: 1 })
    const { text, logProbabilities } = fakeText(500, 1, 0.8)
    const characters = screen.findAll('[data-index]')
    expect(characters.map((character) => character.element.textContent).join('')).toBe(text)
    const shades = characters.map((character) => Number(character.classes().find((name) => /^s\d$/.test(name))![1]))
    shades.forEach((shade, index) => {
      const probability = Math.exp(logProbabilities[index]!)
      expect(shade).toBe(probability >= 0.5 ? 0 : probability >= 0.2 ? 1 : probability >= 0.05 ? 2 : 3)
    })
    screen.unmount()
  })

  it('says at the prompt which character the network does not know', async () => {
    const { host } = fakeRunHost([fakeRun('text')], () => [], {
      'playground.text': () => { throw new UnrollError('prompt.unknown-symbol', 'Character 1 of the text, "漢", doesn\'t occur in the text the network was trained on.') },
    })
    const screen = await mountScreen(PlaygroundScreen, 'run-text', host)
    await screen.get('textarea').setValue('漢')
    await screen.get('form').trigger('submit')
    await settle()
    const area = screen.get('textarea')
    expect(area.attributes('aria-invalid')).toBe('true')
    expect(document.getElementById(area.attributes('aria-describedby')!.split(' ')[0]!)?.textContent).toContain('Character 1')
    screen.unmount()
  })

  it('takes no length or seed that cannot be', () => {
    expect(intError(500, 1, 10_000)).toBeNull()
    for (const value of [0, 1.5, Number.NaN, null, 10_001]) expect(intError(value, 1, 10_000)).toBe('A whole number from 1 to 10,000.')
  })
})

describe('the forecast', () => {
  it('starts where the test part does', async () => {
    const { host, calls } = fakeRunHost([fakeRun('series')])
    const screen = await mountScreen(PlaygroundScreen, 'run-series', host)
    await settle()
    expect(calls.find(({ method }) => method === 'playground.forecast')?.params).toEqual({ id: 'run-series', start: 4931, steps: 60, history: 240 })
    expect(screen.text()).toContain('the network is 78 % better')
    screen.unmount()
  })

  it('draws what there is, each value where it belongs', () => {
    const forecast = fakeForecast(5479, 30, 100)
    const model = forecastChart(forecast)
    expect(model.dividers).toEqual([{ label: 'forecast starts', x: 100 }])
    const drawn = model.series.find(({ id }) => id === 'forecast')!.source.y
    expect(drawn.at(99)).toBeNaN()
    expect(drawn.at(100)).toBe(forecast.forecast[100])
    expect(drawn.bad).toEqual([])
    expect(model.formatX(100)).toBe(forecast.labels[100])
  })

  it('is not praised where it is worse, or where nothing is known', () => {
    const forecast = fakeForecast(4931, 10, 10)
    expect(verdict({ ...forecast, maeForecast: 30, maeNaive: 20 }, 'births')).toMatchObject({ tone: 'worse', text: expect.stringContaining('50 % worse') })
    expect(verdict({ ...forecast, maeForecast: null, maeNaive: null }, null).tone).toBe('plain')
    expect(verdict({ ...forecast, maeForecast: 1, maeNaive: 0 }, null).tone).toBe('plain')
  })
})

describe('the adding playground', () => {
  it('shows the marked numbers beside what was expected and predicted', async () => {
    const example = { values: [0.25, 0.9, 0.5], marks: [1, 0, 1], expected: 0.75, predicted: 0.7 }
    const screen = await mountScreen(PlaygroundScreen, 'run-generated', fakeRunHost([fakeRun('generated')], () => [], { 'playground.adding': () => ({ examples: [example] }) }).host)
    await settle()
    const cells = screen.get('tbody tr').findAll('td').map((cell) => cell.text())
    expect(cells.slice(1)).toEqual(['0.250 + 0.500', '0.750', '0.700', '0.050'])
    expect(screen.get('svg[role=img]').attributes('aria-label')).toBe('3 numbers, marked at 1 and 3')
    screen.unmount()
  })
})
