// The only importer of commander: commands are described in several files.
export {Argument, Command, CommanderError, Help, Option} from 'commander';
