namespace Asynq.Typed.Analyzers.Catalogue;

/// <summary>
/// The id of every rule. A constant's name is its id followed by what it says; an id is never used for a second rule.
/// 1xxx: tasks and their payloads; 2xxx: handlers and routing; 3xxx: queues and options; 9xxx: the environment.
/// </summary>
internal static class RuleIds
{
    internal const string ASQ1001TaskTypeNameIsBlank = "ASQ1001";
    internal const string ASQ1002TaskTypeNameIsTaken = "ASQ1002";
    internal const string ASQ1003TaskCannotBeCompleted = "ASQ1003";
    internal const string ASQ1004ShapeCannotBeSeen = "ASQ1004";
    internal const string ASQ1005KeysDoNotAgree = "ASQ1005";
    internal const string ASQ1006PayloadEnumHasImplicitValues = "ASQ1006";
    internal const string ASQ1007TypeNameIsPrefix = "ASQ1007";
    internal const string ASQ1008TaskNumberIsOutOfRange = "ASQ1008";
    internal const string ASQ1009TaskHasDerivedTypes = "ASQ1009";

    internal const string ASQ2001TaskHasTwoHandlers = "ASQ2001";
    internal const string ASQ2002TaskHasNoHandler = "ASQ2002";
    internal const string ASQ2003HandlerIsIndirect = "ASQ2003";
    internal const string ASQ2004HandlerIgnoresCancellation = "ASQ2004";
    internal const string ASQ2005HandledTypeIsNoTask = "ASQ2005";
    internal const string ASQ2006HandlersAreNotAdded = "ASQ2006";
    internal const string ASQ2007HandlerBlocks = "ASQ2007";
    internal const string ASQ2008GroupEndsInNoHandledBatch = "ASQ2008";
    internal const string ASQ2009HandlerIsOutOfReach = "ASQ2009";

    internal const string ASQ3001QueueNameIsBlank = "ASQ3001";
    internal const string ASQ3002QueueNameHasBraces = "ASQ3002";
    internal const string ASQ3003GracePeriodIsTooShort = "ASQ3003";
    internal const string ASQ3004UniqueTimeIsTooShort = "ASQ3004";
    internal const string ASQ3005NameIsBlank = "ASQ3005";
    internal const string ASQ3006QueueIsNotConsumed = "ASQ3006";
    internal const string ASQ3007OptionsContradict = "ASQ3007";
    internal const string ASQ3008ScheduleIsNotValid = "ASQ3008";
    internal const string ASQ3009ScheduleNeverComes = "ASQ3009";
    internal const string ASQ3010TimeZoneIsUnknown = "ASQ3010";
    internal const string ASQ3011StrictWeightsAreEqual = "ASQ3011";
    internal const string ASQ3012EnqueueIsNotAwaited = "ASQ3012";
    internal const string ASQ3013SettingIsReplaced = "ASQ3013";

    internal const string ASQ9001NothingIsGenerated = "ASQ9001";
}
