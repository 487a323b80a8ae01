// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, type App as VueApp } from 'vue'
import { listenToKeys, runAction, useAction } from '@renderer/shell/actions'
import { confirm, question } from '@renderer/shell/confirm'
import { navigate, route } from '@renderer/shell/navigation'
import { parseHash, toHash } from '@renderer/shell/routes'
import { nextTheme, resolvedTheme, setTheme, startTheme, theme } from '@renderer/shell/theme'
import { useToasts } from '@renderer/shell/toasts'
import { createWorkbench } from '@renderer/workbench'
import { fakeImportHost } from '../support/fake-import-host'
import { fakeRun } from '../support/fake-runs'
import { settle, withStores } from '../support/mount-screen'

let app: VueApp | null = null
const mountApp = async (fake: ReturnType<typeof fakeImportHost>) => {
  document.body.innerHTML = '<div id="app"></div>'
  app = createWorkbench(fake.host)
  app.mount('#app')
  await settle()
}
const loaded = async (selector: string) => vi.waitFor(() => {
  const found = document.querySelector(selector)
  if (!found) throw new Error(`${selector} isn't there: ${document.body.textContent?.slice(0, 200)}`)
  return found as HTMLElement
}, 10_000)

beforeEach(() => { location.hash = ''; navigate('start') })
afterEach(() => {
  app?.unmount()
  app = null
  document.body.innerHTML = ''
  localStorage.clear()
})

describe('addresses', () => {
  it('name a screen and a run', () => {
    expect(parseHash('#/dashboard/births-735c86')).toEqual({ screen: 'dashboard', id: 'births-735c86' })
    expect(parseHash(toHash('data'))).toEqual({ screen: 'data', id: null })
  })
  it.each(['', '#', '#/nowhere/x', '#javascript:alert(1)', '#/start/../data'])('lead to the start when they are %j', (hash) => {
    expect(parseHash(hash)).toEqual({ screen: 'start', id: null })
  })
  it('take no id that could not be one', () => {
    expect(parseHash('#/dashboard/<img>').id).toBeNull()
    expect(parseHash('#/dashboard/A b').id).toBeNull()
  })
})

describe('theme', () => {
  it('follows the choice, keeps it, and goes round', () => {
    startTheme()
    setTheme('dark')
    expect(document.documentElement.dataset['theme']).toBe('dark')
    expect(localStorage.getItem('unroll.theme')).toBe('dark')
    nextTheme()
    expect(theme.value).toBe('system')
    nextTheme()
    expect(resolvedTheme.value).toBe('light')
    localStorage.setItem('unroll.theme', 'sepia')
    startTheme()
    expect(theme.value).toBe('system')
  })
})

describe('actions', () => {
  it('run the newest handler that is enabled, and end with their scope', () => {
    const [first, second] = [vi.fn(), vi.fn()]
    const outer = effectScope()
    const inner = effectScope()
    let enabled = true
    outer.run(() => useAction('file.open', first))
    inner.run(() => useAction('file.open', second, () => enabled))
    runAction('file.open')
    enabled = false
    runAction('file.open')
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 1])
    inner.stop()
    outer.stop()
    expect(runAction('file.open')).toBe(false)
  })

  it('leave text fields their letters, and dialogs all keys', () => {
    const help = vi.fn()
    const open = vi.fn()
    const scope = effectScope()
    scope.run(() => { useAction('help.shortcuts', help); useAction('file.open', open) })
    const stop = listenToKeys()
    document.body.innerHTML = '<input id="i">'
    const type = (target: EventTarget, init: KeyboardEventInit) => {
      const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init })
      target.dispatchEvent(event)
      return event.defaultPrevented
    }
    const input = document.querySelector('#i')!
    expect(type(input, { key: '?' })).toBe(false)
    expect(type(document.body, { key: '?' })).toBe(true)
    expect(type(input, { key: 'o', ctrlKey: true })).toBe(true)
    document.body.innerHTML += '<div role="dialog" data-state="open"></div>'
    expect(type(document.body, { key: 'o', ctrlKey: true })).toBe(false)
    expect([help.mock.calls.length, open.mock.calls.length]).toEqual([1, 1])
    stop()
    scope.stop()
  })
})

describe('toasts', () => {
  it('of what went well go with the screen it happened on; what can be undone, and errors, stay', () => {
    const toasts = withStores(fakeImportHost().host, useToasts)
    toasts.success('Imported.')
    toasts.withUndo('Removed.', () => {})
    toasts.failure(new Error('no'))
    toasts.leaveScreen()
    expect(toasts.toasts.map(({ tone }) => tone)).toEqual(['neutral', 'danger'])
  })
  it('go by themselves, stay under the pointer, and can undo', async () => {
    vi.useFakeTimers()
    const toasts = withStores(fakeImportHost().host, useToasts)
    const undo = vi.fn()
    const id = toasts.withUndo('Removed.', undo)
    toasts.success('Done.')
    toasts.pause(id)
    vi.advanceTimersByTime(20_000)
    expect(toasts.toasts.map((toast) => toast.text)).toEqual(['Removed.'])
    toasts.toasts[0]?.action?.run()
    expect(undo).toHaveBeenCalledOnce()
    toasts.resume(id)
    vi.advanceTimersByTime(20_000)
    expect(toasts.toasts).toEqual([])
    vi.useRealTimers()
  })
})

describe('questions', () => {
  it('answer no when another is asked', async () => {
    const first = confirm({ title: 'A', text: '', confirm: 'Do' })
    const second = confirm({ title: 'B', text: '', confirm: 'Do' })
    expect(await first).toBe(false)
    question.value?.answer(true)
    expect(await second).toBe(true)
    expect(question.value).toBeNull()
  })
})

describe('the shell', () => {
  it('has its landmarks, marks the screen, and says when the connection is lost', async () => {
    const fake = fakeImportHost({}, { runs: [fakeRun('text', { state: 'running', step: 2370 })] })
    await mountApp(fake)
    await loaded('.samples')
    expect(document.querySelector('nav[aria-label=Screens] a[aria-current=page]')?.textContent).toContain('Start')
    expect(document.querySelector('main')?.getAttribute('aria-label')).toBe('Start')
    expect(document.querySelector('.training')?.textContent).toContain('50 %')
    fake.connect(false)
    await flushPromises()
    expect(document.querySelector('.banner')?.textContent).toContain('connection to Unroll is lost')
    const before = fake.calls.filter(({ method }) => method === 'runs.list').length
    fake.connect(true)
    await flushPromises()
    expect(document.querySelector('.banner')).toBeNull()
    expect(fake.calls.filter(({ method }) => method === 'runs.list').length).toBe(before + 1)
  })

  it('shows the drop target while a file is over the window, and imports it', async () => {
    const fake = fakeImportHost()
    await mountApp(fake)
    const drag = (type: string) => {
      const event = new Event(type, { bubbles: true, cancelable: true })
      const file = new File(['a,b\n1,2\n'], 'dropped.csv')
      Object.assign(event, { dataTransfer: { types: ['Files'], files: [file], items: [], dropEffect: '' } })
      window.dispatchEvent(event)
    }
    drag('dragenter')
    await flushPromises()
    expect(document.querySelector('.target')?.textContent).toContain('Drop to import')
    drag('dragleave')
    await flushPromises()
    expect(document.querySelector('.target')).toBeNull()
    drag('dragenter')
    drag('drop')
    await flushPromises()
    expect(document.querySelector('.target')).toBeNull()
    expect(route.value.screen).toBe('data')
    expect((await loaded('.form h1')).textContent).toBe('dropped.csv')
  })
})
