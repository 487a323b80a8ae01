import { describe, expect, it } from 'vitest'
import { keyCaps } from '@renderer/ui/keys'
import { type Accelerator, accelerators, actionsFor, matches } from '@renderer/shell/accelerators'
import { screenIds } from '@renderer/shell/routes'

const press = (key: string, held: Partial<Pick<KeyboardEvent, 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey' | 'code'>> = {}) =>
  ({ key, code: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held })

describe('the key map', () => {
  it.each(screenIds)('gives each key one meaning on %s', (screen) => {
    const used = new Map<string, string>()
    for (const [id, { scope, keys }] of Object.entries(accelerators) as [string, Accelerator][]) {
      if (scope !== 'everywhere' && scope !== screen) continue
      for (const key of keys) {
        expect(used.get(key), `${key}: ${used.get(key)} and ${id}`).toBeUndefined()
        used.set(key, id)
      }
    }
    expect(used.size).toBeGreaterThan(8)
  })

  it('leaves keys that a browser never gives away to the browser', () => {
    const reserved = ['Mod+N', 'Mod+T', 'Mod+W', 'Mod+Shift+N', 'Mod+Shift+T', 'Mod+Shift+W', 'Mod+Q']
    const keys = (Object.values(accelerators) as Accelerator[]).flatMap((accelerator) => [...accelerator.keys])
    expect(keys.filter((key) => reserved.includes(key))).toEqual([])
  })

  it('lets only keys with Ctrl or ⌘ work inside text fields', () => {
    for (const { keys, inText } of Object.values(accelerators) as Accelerator[]) expect(inText).toBe(keys.every((key) => key.includes('Mod+')))
  })

  it('tells Ctrl from ⌘, and both from neither', () => {
    expect(matches('Mod+Z', press('z', { ctrlKey: true }), false)).toBe(true)
    expect(matches('Mod+Z', press('z', { metaKey: true }), true)).toBe(true)
    expect(matches('Mod+Z', press('z', { ctrlKey: true }), true)).toBe(false)
    expect(matches('Mod+Z', press('Z', { ctrlKey: true, shiftKey: true }), false)).toBe(false)
    expect(matches('Mod+Shift+Z', press('Z', { ctrlKey: true, shiftKey: true }), false)).toBe(true)
    expect(matches('Mod+Z', press('z'), false)).toBe(false)
  })

  it('finds signs and digits on any layout', () => {
    expect(matches('?', press('?', { shiftKey: true }), false)).toBe(true)
    expect(matches('Mod+1', press('&', { ctrlKey: true, code: 'Digit1' }), false)).toBe(true)
  })

  it('puts the screen before the rest', () => {
    expect(actionsFor(press('Enter', { ctrlKey: true }), 'model', false)).toEqual(['model.train'])
    expect(actionsFor(press('Enter', { ctrlKey: true }), 'playground', false)).toEqual(['playground.generate'])
    expect(actionsFor(press('Enter', { ctrlKey: true }), 'start', false)).toEqual([])
  })

  it('writes keys as the system does', () => {
    expect(keyCaps('Mod+Shift+Z', false)).toEqual(['Ctrl', 'Shift', 'Z'])
    expect(keyCaps('Mod+Shift+Z', true)).toEqual(['⌘', '⇧', 'Z'])
  })
})
