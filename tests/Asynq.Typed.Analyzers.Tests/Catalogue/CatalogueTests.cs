using System.Reflection;
using System.Text.RegularExpressions;
using Asynq.Typed.Analyzers.Catalogue;
using Asynq.Typed.Analyzers.Tests.Infrastructure;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Asynq.Typed.Analyzers.Tests.Catalogue;

/// <summary>Holds every rule to the same form. A rule that is added joins by being reported by an analyzer.</summary>
public sealed partial class CatalogueTests
{
    public static TheoryData<string> Ids { get; } = [.. Assemblies.Rules.Select(rule => rule.Id)];

    [Fact]
    public void There_are_rules_analyzers_and_fixes()
    {
        Assert.NotEmpty(Assemblies.Rules);
        Assert.NotEmpty(Assemblies.Analyzers);
        Assert.NotEmpty(Assemblies.Fixes);
    }

    [Fact]
    public void Every_id_constant_starts_with_its_id_and_belongs_to_one_rule()
    {
        var constants = IdConstants().ToList();

        Assert.All(constants, constant => Assert.StartsWith(constant.Id, constant.Name, StringComparison.Ordinal));
        Assert.Equal(
            Assemblies.Rules.Select(rule => rule.Id), constants.Select(constant => constant.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_page_belongs_to_a_rule() => Assert.Equal(
        Assemblies.Rules.Select(rule => rule.Id + ".md"),
        Directory.EnumerateFiles(Repository.PathOf("analyzers", "docs")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void One_id_has_one_descriptor_in_all_analyzers()
    {
        var descriptors = Assemblies.Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).Distinct();

        Assert.Equal(Assemblies.Rules.Length, descriptors.Count());
    }

    [Fact]
    public void Every_analyzer_leaves_generated_code_alone_and_runs_concurrently() => Assert.All(
        Assemblies.Analyzers,
        analyzer =>
        {
            var context = new RecordingContext();
            analyzer.Initialize(context);

            Assert.Equal(GeneratedCodeAnalysisFlags.None, context.GeneratedCode);
            Assert.True(context.IsConcurrent);
        });

    [Fact]
    public void Every_analyzer_and_fix_is_exported()
    {
        Assert.All(
            Assemblies.Analyzers, analyzer => Assert.NotNull(analyzer.GetType().GetCustomAttribute<DiagnosticAnalyzerAttribute>()));
        Assert.All(
            Assemblies.Fixes,
            fix => Assert.NotNull(
                fix.GetType().GetCustomAttribute<Microsoft.CodeAnalysis.CodeFixes.ExportCodeFixProviderAttribute>()));
    }

    [Fact]
    public void Every_fix_fixes_known_rules_and_can_fix_all()
    {
        var ids = Assemblies.Rules.Select(rule => rule.Id).ToHashSet();

        Assert.All(Assemblies.Fixes, fix =>
        {
            Assert.NotEmpty(fix.FixableDiagnosticIds);
            Assert.All(fix.FixableDiagnosticIds, id => Assert.Contains(id, ids));
            Assert.NotNull(fix.GetFixAllProvider());
        });
    }

    [Fact]
    public void Rules_with_one_right_change_have_a_fix() => Assert.Equal(
        ["ASQ1003", "ASQ1004", "ASQ1005", "ASQ1009", "ASQ2002", "ASQ2004", "ASQ2005", "ASQ2008", "ASQ3003"],
        Assemblies.Fixes.SelectMany(fix => fix.FixableDiagnosticIds).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Id_category_and_severity_are_sane(string id)
    {
        var rule = RuleOf(id);

        Assert.Matches("^ASQ[1239][0-9]{3}$", id);
        Assert.Equal(
            id[3] switch { '1' => "Asynq.Tasks", '2' => "Asynq.Routing", '3' => "Asynq.Options", _ => "Asynq.Environment" },
            rule.Category);
        Assert.NotEqual(DiagnosticSeverity.Hidden, rule.DefaultSeverity);
        Assert.True(rule.IsEnabledByDefault);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Message_names_a_thing_in_one_sentence(string id)
    {
        var message = RuleOf(id).MessageFormat.ToString(System.Globalization.CultureInfo.InvariantCulture);

        Assert.Contains("{0}", message);
        Assert.DoesNotContain('\n', message);
        Assert.DoesNotContain(". ", message);
        Assert.False(message.EndsWith('.'));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Help_link_leads_to_its_page(string id) => Assert.Equal(HelpLink.Base + id + ".md", RuleOf(id).HelpLinkUri);

    [Theory]
    [MemberData(nameof(Ids))]
    public void Page_has_every_section(string id)
    {
        var rule = RuleOf(id);
        var page = Repository.Read("analyzers", "docs", id + ".md");
        var hasFix = Assemblies.Fixes.Any(fix => fix.FixableDiagnosticIds.Contains(id));
        var severity = rule.DefaultSeverity switch
        {
            DiagnosticSeverity.Error => "error",
            DiagnosticSeverity.Warning => "warning",
            _ => "info",
        };

        Assert.StartsWith(
            $"# {id}: {rule.Title}\n\nSeverity: {severity}. Code fix: {(hasFix ? "yes" : "no")}.\n", page, StringComparison.Ordinal);
        Assert.Equal(
            ["Cause", "Example", "Fix", "When to suppress", "Not flagged"],
            Section().Matches(page).Select(match => match.Groups["name"].Value));
        Assert.All(Section().Split(page).Skip(1), text => Assert.False(string.IsNullOrWhiteSpace(text)));
        Assert.Contains("```csharp", page);
        Assert.Contains("// " + id, page);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Release_notes_have_its_row(string id)
    {
        var rule = RuleOf(id);
        var notes = Repository.Read("analyzers", "Asynq.Typed.Analyzers", "AnalyzerReleases.Shipped.md")
            + Repository.Read("analyzers", "Asynq.Typed.Analyzers", "AnalyzerReleases.Unshipped.md");

        Assert.Contains(
            $"{id} | {rule.Category} | {rule.DefaultSeverity} | [{rule.Title}]({rule.HelpLinkUri})\n", notes, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Readme_lists_it(string id) =>
        Assert.Contains($"| [{id}](docs/{id}.md) | {RuleOf(id).Title} |", Repository.Read("analyzers", "README.md"));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Tests_of_its_name_have_hits_near_misses_and_its_message(string id)
    {
        var name = IdConstants().Single(constant => constant.Id == id).Name + "Tests";
        var tests = typeof(CatalogueTests).Assembly.GetType($"Asynq.Typed.Analyzers.Tests.Rules.{name}");
        Assert.True(tests is not null, $"There is no test class {name}.");
        var methods = tests.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.GetCustomAttribute<FactAttribute>() is not null)
            .Select(method => method.Name)
            .ToList();

        Assert.True(File.Exists(Repository.PathOf("tests", "Asynq.Typed.Analyzers.Tests", "Rules", name + ".cs")));
        Assert.Contains(methods, method => method.StartsWith("Says_", StringComparison.Ordinal));
        Assert.Contains(methods, method => method.StartsWith("Reports_", StringComparison.Ordinal));
        Assert.Contains(methods, method => method.StartsWith("Is_silent_", StringComparison.Ordinal));
        Assert.Equal(
            Assemblies.Fixes.Any(fix => fix.FixableDiagnosticIds.Contains(id)),
            methods.Exists(method => method.StartsWith("Fix_", StringComparison.Ordinal)));
    }

    private static DiagnosticDescriptor RuleOf(string id) => Assemblies.Rules.Single(rule => rule.Id == id);

    private static IEnumerable<(string Name, string Id)> IdConstants() => typeof(RuleIds)
        .GetFields(BindingFlags.Static | BindingFlags.NonPublic)
        .Select(field => (field.Name, (string)field.GetRawConstantValue()!));

    [GeneratedRegex("^## (?<name>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Section();
}
