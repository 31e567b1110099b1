using Asynq.Typed.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Asynq.Typed.Generators.Parsing;

/// <summary>Turns the members of one type into models.</summary>
internal sealed class MemberParser(
    WireOptions options,
    ValueParser values,
    IMethodSymbol constructor,
    Func<ISymbol, bool> isAccessible,
    Action<ShapeFault> fault)
{
    /// <summary>The model of a member; <c>null</c> for one that is not carried, or that is at fault.</summary>
    public MemberModel? Parse(ISymbol symbol, IParameterSymbol? parameter)
    {
        var isRequired = MemberFinder.IsRequired(symbol);
        var isSet = parameter is null
            || (isRequired && !constructor.Has("System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute"));
        if (isSet && !IsSettable(symbol))
        {
            if (MemberFinder.HoldsValue(symbol))
            {
                fault(new(
                    symbol,
                    "can neither be set nor is it a parameter of the constructor, so that its value would be lost: give it a setter, or "
                    + "leave it out with [PayloadIgnore]"));
            }

            return null;
        }

        if (Omissions.IsOneWay(symbol, options.Format))
        {
            fault(new(symbol, "is left out in one direction only: leave it out in both, or in none"));
            return null;
        }

        if (WireKey.Of(symbol, parameter, options) is not { } key)
        {
            fault(new(symbol, "has no key: give it one, or leave it out of the payload", ShapeFaultKind.Key));
            return null;
        }

        if (key.Index > WireKey.MaxIndex)
        {
            fault(new(
                symbol,
                $"has the number {key.Index}, and a payload has a place for each number up to it: give it one of {WireKey.MaxIndex} at most",
                ShapeFaultKind.Key));
            return null;
        }

        var formatter = symbol.FindOnMember(parameter, WellKnownNames.FormatterAttribute);
        if (formatter is null && ForeignFormats.Fault(symbol, options.Format) is { } foreign)
        {
            fault(new(symbol, foreign, ShapeFaultKind.Value));
            return null;
        }

        if (values.Parse(TypeOf(symbol, parameter), formatter) is not { } type)
        {
            fault(new(
                symbol,
                "is of a type that a payload cannot hold: name a formatter for it with [PayloadFormatter]",
                ShapeFaultKind.Value));
            return null;
        }

        var omission = Omissions.Of(symbol, options.Format);
        var (absence, initial) = Absent(symbol, parameter, isRequired, type, omission);
        return new MemberModel(
            TypeText.Identifier(symbol.Name),
            key.Name,
            key.Index,
            type,
            absence,
            initial,
            isSet,
            omission,
            symbol.FindOnMember(parameter, WellKnownNames.UniqueKeyAttribute) is not null);
    }

    private (Absence Absence, string Default) Absent(
        ISymbol symbol, IParameterSymbol? parameter, bool isRequired, ValueModel type, Omission omission)
    {
        var nothing = type.IsNullable ? "null" : type.IsReference ? "null!" : "default";
        if (parameter is { HasExplicitDefaultValue: true } && !isRequired)
        {
            return (Absence.Default, Literal.OfDefault(parameter));
        }

        if (omission != Omission.Never && Omitted(type) is { } omitted)
        {
            return (Absence.Default, omitted);
        }

        if (parameter is not null || isRequired)
        {
            return (Absence.Refused, nothing);
        }

        if (HasInitializer(symbol) || !ConstructorBinder.RunsNoCode(constructor))
        {
            return (Absence.Initial, nothing);
        }

        // Nothing sets it: for a type that knows no null, that would be one.
        return type is { IsReference: true, IsNullable: false }
            ? (Absence.Refused, nothing)
            : (Absence.Default, nothing);
    }

    /// <summary>The type of a member. Where its parameter, or what sets it, takes no null, a payload has none either.</summary>
    private static ITypeSymbol TypeOf(ISymbol symbol, IParameterSymbol? parameter)
    {
        var type = MemberFinder.TypeOf(symbol);
        var takesNoNull = parameter?.Type.NullableAnnotation == NullableAnnotation.NotAnnotated
            || symbol.Has("System.Diagnostics.CodeAnalysis.DisallowNullAttribute");
        return type.IsReferenceType && type.NullableAnnotation == NullableAnnotation.Annotated && takesNoNull
            ? type.WithNullableAnnotation(NullableAnnotation.NotAnnotated)
            : type;
    }

    /// <summary>The value that is meant where a member was left out.</summary>
    private static string? Omitted(ValueModel type) => type switch
    {
        { IsNullable: true } => "null",
        ScalarModel { Name: "String" } => "\"\"",
        ScalarModel { Name: "Bytes" } => "[]",
        ListModel list => list.Form.Empty(list.Item),
        DictionaryModel dictionary => dictionary.Form.Empty(dictionary.Key, dictionary.Value),
        { IsReference: false } => "default",
        _ => null,
    };

    /// <summary>Whether the member has an initialiser. One in another assembly cannot be seen, so it may.</summary>
    private static bool HasInitializer(ISymbol symbol) =>
        symbol.DeclaringSyntaxReferences.Length == 0
        || symbol.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() is
            PropertyDeclarationSyntax { Initializer: not null } or VariableDeclaratorSyntax { Initializer: not null });

    private bool IsSettable(ISymbol symbol) => symbol switch
    {
        IPropertySymbol property => property.SetMethod is { } setter && isAccessible(setter),
        IFieldSymbol field => !field.IsReadOnly,
        _ => false,
    };
}
