import { onScopeDispose } from 'vue'
import { isApple } from '../ui/keys'
import { accelerators, type ActionId, actionsFor } from './accelerators'
import { route } from './navigation'

interface Handler { run: () => void; enabled: () => boolean }

const handlers = new Map<ActionId, Handler[]>()

/**
 * Says what an action does while the calling component (or effect scope) lives. The latest handler wins.
 * @param enabled while it answers false the key is left to the browser
 */
export function useAction(action: ActionId, run: () => void, enabled: () => boolean = () => true): void {
  const handler = { run, enabled }
  handlers.set(action, [handler, ...handlers.get(action) ?? []])
  onScopeDispose(() => handlers.set(action, (handlers.get(action) ?? []).filter((other) => other !== handler)))
}

export function runAction(action: ActionId): boolean {
  const handler = handlers.get(action)?.find((candidate) => candidate.enabled())
  handler?.run()
  return handler !== undefined
}

const isTextInput = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Space already means something there: it presses, switches or chooses. */
const takesSpace = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('button, a[href], summary, [role=button], [role=switch], [role=radio], [role=tab], [role=option], [role=combobox], [role=application]') !== null

/** Routes key presses to actions. While a dialog is open its keys are its own. */
export function listenToKeys(): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector('[role=dialog][data-state=open], [role=alertdialog][data-state=open]')) return
    if (event.key === ' ' && takesSpace(event.target)) return
    for (const action of actionsFor(event, route.value.screen, isApple)) {
      if (isTextInput(event.target) && !accelerators[action].inText) continue
      if (runAction(action)) {
        event.preventDefault()
        return
      }
    }
  }
  window.addEventListener('keydown', onKey)
  return () => window.removeEventListener('keydown', onKey)
}
