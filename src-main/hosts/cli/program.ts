import { Command, Option } from 'commander'
import { defaultHome, packageVersion } from '../node-host'
import { hundredths, numberFrom, stretch, wholeNumber, wholeNumbers, words } from './arguments'
import type { AuditOptions } from './audit'
import type { BenchOptions } from './bench'
import type { EvalOptions } from './eval'
import type { ExportOptions } from './export'
import type { ForecastOptions } from './forecast'
import type { GenerateOptions } from './generate'
import type { InspectOptions } from './inspect'
import type { TrainOptions } from './train'

const largestSeed = 2 ** 31 - 1
const which = () => new Option('--weights <which>', 'the weights to use').choices(['best', 'last']).default('best')

/** Unroll's commands; each loads its own code alone. What goes wrong is thrown: CommanderError for usage, UnrollError for the rest. */
export function createProgram(): Command {
  const program = new Command('unroll')
    .description('Trains recurrent networks with backpropagation through time, and uses them.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError('hint: `unroll --help` lists the commands, `unroll COMMAND --help` the options of one.')
    .exitOverride()

  program.command('train')
    .description('train the experiment of FILE and write the run folder')
    .argument('<FILE>', 'the experiment file (docs/experiment-file.md)')
    .option('-o, --out <RUN>', 'the run folder; runs/<name>-<date> when left out')
    .addOption(new Option('-d, --device <device>', 'what to train on, instead of what FILE says').choices(['cpu', 'gpu', 'auto']))
    .option('--json', 'print one JSON line a step on stdout (the lines of metrics.jsonl) and nothing else there')
    .option('--resume', 'go on with the run in RUN from its last checkpoint')
    .addHelpText('after', '\nCtrl+C stops with a checkpoint and says how to go on; a second one ends at once.')
    .action(async (file: string, options: TrainOptions) => (await import('./train')).train(file, options))

  program.command('eval')
    .description('hold the network of a run against its held-out data, beside the baselines')
    .argument('<RUN>', 'the run folder')
    .addOption(new Option('--part <part>', 'only this part, instead of all there are').choices(['validation', 'test']))
    .option('--json', 'print the figures, the confusion matrix and the baselines as JSON')
    .option('--backtest <FOLDS>', 'of a series: forecast from so many places of the held-out part (the test part unless --part says otherwise), the weights as they are', wholeNumber(1, 1000))
    .option('--steps <rows>', 'with --backtest: rows forecast from each place', wholeNumber(1, 1000), 12)
    .addOption(which())
    .action(async (run: string, options: EvalOptions) => {
      if (options.backtest === undefined) return (await import('./eval')).evaluate(run, options)
      return (await import('./backtest')).backtestRun(run, { ...options, backtest: options.backtest })
    })

  program.command('audit')
    .description('tell what crosses the split of the data of FILE, and how to mend it')
    .argument('<FILE>', 'the experiment file')
    .option('--json', 'print the findings as JSON')
    .action(async (file: string, options: AuditOptions) => (await import('./audit')).audit(file, options))

  program.command('generate')
    .description('let the network of a run write text, or answer a sequence with another')
    .argument('<RUN>', 'the run folder')
    .option('-p, --prompt <text>', 'what the text begins with; the sequence to be answered', '')
    .option('-n, --length <characters>', 'how many characters to write; at most so many symbols of an answer', wholeNumber(1, 1_000_000), 200)
    .option('-t, --temperature <temperature>', 'below 1: safer; above 1: bolder; 0: always the likeliest', numberFrom(0, 10), 1)
    .option('-s, --seed <seed>', 'same seed, same text', wholeNumber(0, largestSeed), 1)
    .option('--beam <answers>', 'answers kept side by side, instead of the likeliest symbol each time', wholeNumber(1, 1000))
    .option('--json', 'print the text and its log-probabilities as JSON')
    .addOption(which())
    .action(async (run: string, options: GenerateOptions) => (await import('./generate')).generate(run, options))

  program.command('forecast')
    .description('forecast the series of a run')
    .argument('<RUN>', 'the run folder')
    .option('-n, --steps <rows>', 'how many rows to forecast', wholeNumber(1, 100_000), 12)
    .option('--start <row>', 'forecast from after this row on, instead of from the end', wholeNumber(1))
    .option('--history <rows>', 'how many known rows to read before', wholeNumber(1), 500)
    .option('--json', 'print one JSON line a row')
    .addOption(which())
    .action(async (run: string, options: ForecastOptions) => (await import('./forecast')).forecast(run, options))

  program.command('inspect')
    .description('write what goes on inside the network of a run: states, gates, sums, outputs')
    .argument('<RUN>', 'the run folder')
    .option('-i, --input <text>', 'read this text')
    .option('--target <text>', 'of pairs: what the decoder reads, instead of its own answer')
    .option('--data <from:count>', 'read these steps of the data, counted from 0', stretch)
    .option('--record <number>', 'read this sequence of the data, counted from 0 through all parts', wholeNumber(0))
    .requiredOption('-o, --out <FILE>', 'the file to write: .safetensors, or .csv')
    .option('--layers <numbers>', 'only these layers, e.g. 0,1', wholeNumbers)
    .option('--tensors <letters>', 'only these: h, c, i, f, g, o, r, z, n, q, Wx, Uh, y, embedding, attention', words)
    .option('--gradients', 'also how the last output and the last states depend on each step before (up to 512 steps)')
    .option('--analyses <names>', 'also what the views compute: order, spectrum, space, umap, occlusion, fixed-points, or all')
    .option('--seed <number>', 'of UMAP; 1', wholeNumber(0, largestSeed))
    .option('--neighbours <number>', 'of UMAP; 15', wholeNumber(2, 200))
    .option('--jacobian <steps>', 'also eigenvalues of ∂h_t/∂h_{t−1} at these steps of what is read, e.g. 0,10', wholeNumbers)
    .option('--match <from:count>', 'also where in the data those units are on that are on throughout these steps of what is read', stretch)
    .option('--match-units <units>', 'also where in the data these are on, e.g. 3,-7 (7 at or below the negative threshold)')
    .option('--match-tensor <name>', 'with either: what is matched, e.g. c_l0; h of the last layer when left out')
    .option('--threshold <number>', 'with either: a unit is on from here up; 0.3', hundredths(0.01, 1000))
    .addOption(new Option('--signs <signs>', 'with --match: take units on at or below the negative threshold too; positive').choices(['positive', 'both']))
    .option('--off <sides>', 'with --match: only units that are off just before, after the steps: before, after or before,after')
    .addOption(new Option('--rank <order>', 'with either: most of the units, fewest others, or longest first; intersection').choices(['intersection', 'union', 'length']))
    .option('--least <steps>', 'with either: steps a place lasts at least; 1', wholeNumber(1, 100_000))
    .option('--top <places>', 'with either: places written; 50', wholeNumber(1, 100_000))
    .option('--correlate <properties>', 'also Pearson’s r of every unit with these over the data, e.g. vowel,position,inside:",column:NAME')
    .option('--probe <properties>', 'also how well each of these can be read out of the last layer, on states held out')
    .option('--hold <units>', 'hold units or gates while it reads, e.g. l0.h.3=0 to silence one, l1.f.2=1')
    .option('--compare <RUN>', 'also which unit of another run goes with each one here, over the same sequence')
    .option('--csv', 'write a table, one row a step (with --match one row a place), whatever FILE is called')
    .addOption(which())
    .addHelpText('after', '\nNames of the tensors: docs/experiment-file.md.')
    .action(async (run: string, options: InspectOptions) => (await import('./inspect')).inspect(run, options))

  program.command('export')
    .description('write the network of a run for other programs')
    .argument('<RUN>', 'the run folder')
    .addOption(new Option('-f, --format <format>', 'what to write').choices(['safetensors', 'experiment']).default('safetensors'))
    .requiredOption('-o, --out <FILE>', 'the file to write')
    .addOption(which())
    .action(async (run: string, options: ExportOptions) => (await import('./export')).exportRun(run, options))

  program.command('bench')
    .description('time whole training steps of one size; when nothing of a size is named, of a table of twelve')
    .addOption(new Option('--cell <cell>', 'the cell; of a size: lstm when left out').choices(['rnn', 'gru', 'lstm']))
    .option('--hidden <units>', 'hidden units H; of a size: 128 when left out', wholeNumber(1, 8192))
    .option('--input <width>', 'width of the input, and classes of the output; 64', wholeNumber(1, 8192))
    .option('--batch <rows>', 'sequences in a batch; 32', wholeNumber(1, 65_536))
    .option('--steps <steps>', 'time steps of a training step; 64', wholeNumber(1, 100_000))
    .option('--layers <layers>', 'layers; 1', wholeNumber(1, 16))
    .addOption(new Option('--device <device>', 'what to time; auto: the faster of both').choices(['cpu', 'gpu', 'auto']).default('cpu'))
    .option('--repeats <times>', 'training steps that are timed', wholeNumber(3, 100_000), 30)
    .option('--json', 'print one JSON line a size')
    .action(async (options: BenchOptions) => (await import('./bench')).bench(options))

  program.command('serve')
    .description('serve the workbench to browsers of this machine')
    .option('--port <port>', 'the port; when left out the usual one, or a free one', wholeNumber(0, 65_535))
    .option('--home <DIR>', 'the folder everything is kept in', defaultHome())
    .option('--open', 'open it in the browser')
    .action(async ({ port, home, open }: { port?: number; home: string; open?: boolean }) => {
      const { serveUntilSignal } = await import('../serve/serve-until-signal')
      await serveUntilSignal({ port, home, open: open ?? false })
    })

  return program
}
