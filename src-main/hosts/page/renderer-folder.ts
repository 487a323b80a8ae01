import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { UnrollError } from '@shared/errors'

/** The built workbench: beside the built program, or, for a program run from its sources, in the checkout's out/. */
export function rendererFolder(): string {
  const places = ['../renderer/', '../../../out/renderer/'].map((place) => fileURLToPath(new URL(place, import.meta.url)))
  const found = places.find((place) => existsSync(`${place}index.html`))
  if (found === undefined) throw new UnrollError('internal.not-built', `The workbench isn't built; looked in ${places.join(' and ')}.`, { hint: 'Run npm run build.' })
  return found
}
