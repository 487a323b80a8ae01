import type { RunState } from '@shared/metrics'

const words: Record<RunState, string> = {
  preparing: 'Preparing', running: 'Training', paused: 'Paused', stopping: 'Stopping',
  done: 'Done', stopped: 'Stopped', failed: 'Failed', interrupted: 'Interrupted',
}
const tones = {
  preparing: 'accent', running: 'accent', paused: 'warning', stopping: 'warning',
  done: 'success', stopped: 'neutral', failed: 'danger', interrupted: 'warning',
} as const satisfies Record<RunState, string>

export const stateInWords = (state: RunState): string => words[state]
export const stateTone = (state: RunState): (typeof tones)[RunState] => tones[state]
