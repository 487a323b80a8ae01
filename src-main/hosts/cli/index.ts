import { CommanderError } from 'commander'
import { unwritable } from '../../services/files/atomic'
import { createProgram } from './program'
import { reportError } from './report'

// A reader that went away (`| head`) is no fault; `train` stops on it by itself.
process.stdout.on('error', (error: NodeJS.ErrnoException) => { if (error.code !== 'EPIPE') reportError(unwritable('to standard output', error)) })
process.on('uncaughtException', (error) => {
  reportError(error)
  process.exit(70)
})

try {
  const program = createProgram()
  if (process.argv.length <= 2) program.outputHelp()
  else await program.parseAsync()
} catch (error) {
  // Commander has said what was wrong; --help and --version come here too, with 0.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else reportError(error)
}
