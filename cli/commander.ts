// The only importer of commander: commands are described in several files.
export {Argument, Command, CommanderError, Help, InvalidArgumentError, Option} from 'commander';
