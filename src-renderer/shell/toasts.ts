import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { UnrollError } from '@shared/errors'

export interface Toast {
  id: number
  tone: 'neutral' | 'success' | 'danger'
  text: string
  /** What to do about it, or more of it. */
  detail?: string
  action?: { label: string; run: () => void }
}

const lifetime = 8000

/** Short news at the window's lower edge, read out by screen readers. Errors of a form stay with the form instead. */
export const useToasts = defineStore('toasts', () => {
  const toasts = shallowRef<Toast[]>([])
  const timers = new Map<number, ReturnType<typeof setTimeout>>()
  let lastId = 0

  function show(toast: Omit<Toast, 'id'>): number {
    const id = ++lastId
    toasts.value = [...toasts.value.slice(-3), { ...toast, id }]
    resume(id)
    return id
  }

  function dismiss(id: number): void {
    pause(id)
    toasts.value = toasts.value.filter((toast) => toast.id !== id)
  }

  /** What went well was news of the screen it happened on: it goes with it, and covers nothing of the next. Errors and what can be undone stay. */
  function leaveScreen(): void {
    for (const { id, tone } of toasts.value) if (tone === 'success') dismiss(id)
  }

  /** Holds a toast while the pointer or the focus is on it. */
  function pause(id: number): void {
    clearTimeout(timers.get(id))
    timers.delete(id)
  }

  function resume(id: number): void {
    pause(id)
    timers.set(id, setTimeout(() => dismiss(id), lifetime))
  }

  const success = (text: string, detail?: string) => show({ tone: 'success', text, detail })
  const withUndo = (text: string, undo: () => void) => show({ tone: 'neutral', text, action: { label: 'Undo', run: undo } })
  function failure(error: unknown): number {
    const known = UnrollError.from(error)
    return show({ tone: 'danger', text: known.message, detail: known.hint })
  }

  return { toasts, show, dismiss, leaveScreen, pause, resume, success, withUndo, failure }
})
