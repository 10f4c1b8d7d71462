import { Argument, type Command } from 'commander';
import { type CompletionShell, completionScript } from '../completion/scripts.ts';
import { examples } from '../context.ts';

/** `svclab completion` */
export function define(command: Command): void {
  command
    .description('Prints a script that completes commands, options, and the names of labs, nodes, Pods and objects.')
    .addArgument(new Argument('<shell>', 'the shell that is to read it').choices(['bash', 'zsh']))
    .addHelpText(
      'after',
      examples([
        ['source <(svclab completion bash)', 'in this shell, or in ~/.bashrc'],
        ['svclab completion zsh > ~/.zfunc/_svclab', 'for zsh, with ~/.zfunc in $fpath'],
      ]),
    )
    .action((shell: CompletionShell) => {
      process.stdout.write(completionScript(shell));
    });
}
