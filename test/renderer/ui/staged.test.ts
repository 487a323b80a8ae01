// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick, ref } from 'vue'
import { UiStaged } from '@renderer/ui'
import { waitingForFrame } from '@renderer/ui/frame-queue'

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))

/** A part that takes so many milliseconds to set up. */
const slow = (name: string, ms: number) => defineComponent({
  setup() {
    for (const began = performance.now(); performance.now() - began < ms;);
    return () => h('p', name)
  },
})

const screenOf = (...parts: ReturnType<typeof slow>[]) => mount(() => parts.map((part) => h(UiStaged, () => h(part))))

it('mounts slow parts one a frame, in their order', async () => {
  const screen = screenOf(slow('one', 9), slow('two', 9), slow('three', 9))
  expect(screen.text()).toBe('')
  const seen: string[] = []
  while (waitingForFrame() > 0) {
    await frame()
    await nextTick()
    if (screen.text() !== seen.at(-1)) seen.push(screen.text())
  }
  await vi.waitFor(() => expect(screen.text()).toBe('onetwothree'))
  expect(seen.slice(0, 2)).toEqual(['one', 'onetwo'])
  screen.unmount()
})

it('mounts as many quick parts in a frame as there is time for', async () => {
  const screen = screenOf(...['a', 'b', 'c', 'd'].map((name) => slow(name, 0)))
  await frame()
  await nextTick()
  await nextTick()
  await vi.waitFor(() => expect(screen.text()).toBe('abcd'), { interval: 1 })
  screen.unmount()
})

it('forgets parts that went before their turn, and mounts those that come later', async () => {
  const late = ref(false)
  const screen = mount(() => late.value ? [h(UiStaged, () => h('p', 'late'))] : [h(UiStaged, () => h('p', 'early'))])
  screen.unmount()
  expect(waitingForFrame()).toBe(0)
  const again = mount(() => [h(UiStaged, { key: 1 }, () => h('p', 'first')), ...late.value ? [h(UiStaged, { key: 2 }, () => h('p', 'late'))] : []])
  await vi.waitFor(() => expect(again.text()).toBe('first'))
  late.value = true
  await vi.waitFor(() => expect(again.text()).toBe('firstlate'))
  again.unmount()
})
